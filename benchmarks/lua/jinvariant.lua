local klein, abs = require("klein"), math.abs

return function(size)
  local distance, total = 1.0 / size, 0.0
  for row = 0, size - 1 do
    local y = distance * row + 0.2
    for column = 0, size - 1 do
      local real, imag = klein(distance * column * 4.0 - 2.0, y)
      total = total + (real + imag) / (abs(real) + 1.0 + abs(imag))
    end
  end
  return total
end
