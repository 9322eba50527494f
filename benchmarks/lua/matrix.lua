local ffi = require("ffi")

return function(size)
  local a, b, c = ffi.new("double[?]", size * size), ffi.new("double[?]", size * size), ffi.new("double[?]", size * size)
  for i = 0, size - 1 do
    for j = 0, size - 1 do
      a[i * size + j] = (i * 3 + j) % 7 + 0.5
      b[i * size + j] = (i + j * 2) % 5 - 1.25
    end
  end
  for i = 0, size - 1 do
    for j = 0, size - 1 do
      local total = 0.0
      for k = 0, size - 1 do total = total + a[i * size + k] * b[k * size + j] end
      c[i * size + j] = total
    end
  end
  local weighted = 0.0
  for i = 0, size - 1 do
    for j = 0, size - 1 do weighted = weighted + c[i * size + j] * ((i + j) % 3 + 1) end
  end
  return weighted
end
