-- Klein's j, step by step as in qbc_modular.qbc; the C library's functions give its bits.
local ffi = require("ffi")
ffi.cdef("double sin(double); double cos(double); double exp(double); double rint(double);")
local C, abs = ffi.load("m"), math.abs
local coefficients = ffi.new("double[18]", {
  2662842413150775245160.0, 593121772421445058560.0, 126142916465781843075.0, 25497827389410525184.0,
  4872010111798142520.0, 874313719685775360.0, 146211911499519294.0, 22567393309593600.0, 3176440229784420.0,
  401490886656000.0, 44656994071935.0, 4252023300096.0, 333202640600.0, 20245856256.0, 864299970.0, 21493760.0,
  196884.0, 744.0,
})
local TWO_PI = 6.283185307179586

return function(x, y)
  while true do
    x = x - C.rint(x)
    local square = x * x + y * y
    if not (square < 0.999999999999) then break end
    x = -(x / square)
    y = y / square
  end
  local inner, outer = C.exp(-(y * TWO_PI)), C.exp(y * TWO_PI)
  local angle, sign = x, 1.0
  if abs(x) > 0.25 then
    sign = -1.0
    angle = 0.5 - abs(x)
    if x < 0.0 then angle = -angle end
  end
  angle = angle * TWO_PI
  local cosine, sine = C.cos(angle) * sign, C.sin(angle)
  local q_real, q_imag = inner * cosine, inner * sine
  local real, imag = coefficients[0], 0.0
  for term = 1, 17 do
    local cross = real * q_imag
    real = real * q_real - imag * q_imag + coefficients[term]
    imag = imag * q_real + cross
  end
  return outer * cosine + real, imag - outer * sine
end
