local ffi = require("ffi")
local floor = math.floor

local function product(source, target, size, transposed)
  for i = 0, size - 1 do
    local total = 0.0
    for j = 0, size - 1 do
      local at = i
      if transposed then at = j end
      total = total + 1.0 / (floor((i + j) * (i + j + 1) / 2) + at + 1) * source[j]
    end
    target[i] = total
  end
end

return function(size)
  local u, v, aux = ffi.new("double[?]", size), ffi.new("double[?]", size), ffi.new("double[?]", size)
  for i = 0, size - 1 do u[i] = 1.0 end
  for round = 0, 19 do
    local from, to = u, v
    if round % 2 == 1 then from, to = v, u end
    product(from, aux, size, false)
    product(aux, to, size, true)
  end
  local both, norm = 0.0, 0.0
  for i = 0, size - 1 do
    both = both + u[i] * v[i]
    norm = norm + v[i] * v[i]
  end
  return math.sqrt(both / norm)
end
