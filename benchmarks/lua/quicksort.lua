local ffi, bit = require("ffi"), require("bit")

local function sort(words, low, high)
  if low >= high then return end
  local pivot, up, down = words[bit.rshift(low + high, 1)], low, high
  while up <= down do
    while words[up] < pivot do up = up + 1 end
    while words[down] > pivot do down = down - 1 end
    if up <= down then
      words[up], words[down] = words[down], words[up]
      up, down = up + 1, down - 1
    end
  end
  sort(words, low, down)
  sort(words, up, high)
end

-- Doubles hold the words exactly; 64-bit integers would be boxed.
return function(size)
  local words, state, total = ffi.new("double[?]", size), 42LL, 0LL
  for index = 0, size - 1 do
    state = bit.band(state * 1103515245LL + 12345LL, 0x7FFFFFFFLL)
    words[index] = tonumber(state) - 0x40000000
  end
  sort(words, 0, size - 1)
  for index = 0, size - 1 do
    total = bit.band(total * 31LL + ffi.cast("int64_t", words[index]), 0xFFFFFFFFFFFFLL)
  end
  return total
end
