local ffi = require("ffi")

return function(size)
  local flags = ffi.new("uint8_t[?]", size + 1)
  local primes = 0
  for candidate = 2, size do
    if flags[candidate] == 0 then
      primes = primes + 1
      for multiple = candidate * candidate, size, candidate do flags[multiple] = 1 end
    end
  end
  return primes
end
