return function(size)
  local distance = 2.5 / size
  local steps = 0
  for row = 0, size - 1 do
    local c_imag = distance * row - 1.25
    for column = 0, size - 1 do
      local c_real = distance * column - 2.0
      local real, imag, real_square, imag_square = 0.0, 0.0, 0.0, 0.0
      for _ = 1, 50 do
        imag = imag * real * 2.0 + c_imag
        real = real_square - imag_square + c_real
        real_square = real * real
        imag_square = imag * imag
        steps = steps + 1
        if real_square + imag_square > 4.0 then break end
      end
    end
  end
  return steps
end
