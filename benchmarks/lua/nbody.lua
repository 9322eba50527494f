local ffi = require("ffi")
ffi.cdef("struct qbc_body { double x, y, z, vx, vy, vz, mass; };")
local PI, YEAR, STEP, BODIES = 3.141592653589793, 365.24, 0.01, 5
local SOLAR_MASS = 4.0 * PI * PI
local sqrt = math.sqrt

local function planets()
  return ffi.new("struct qbc_body[5]", {
    { 0, 0, 0, 0, 0, 0, SOLAR_MASS },
    { 4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694 * YEAR,
      0.00769901118419740425 * YEAR, -0.0000690460016972063023 * YEAR, 0.000954791938424326609 * SOLAR_MASS },
    { 8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411860 * YEAR,
      0.00499852801234917238 * YEAR, 0.0000230417297573763929 * YEAR, 0.000285885980666130812 * SOLAR_MASS },
    { 12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618 * YEAR,
      0.00237847173959480950 * YEAR, -0.0000296589568540237556 * YEAR, 0.0000436624404335156298 * SOLAR_MASS },
    { 15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322 * YEAR,
      0.00162824170038242295 * YEAR, -0.0000951592254519715870 * YEAR, 0.0000515138902046611451 * SOLAR_MASS },
  })
end

local function advance(body)
  for i = 0, BODIES - 1 do
    local a = body[i]
    for j = i + 1, BODIES - 1 do
      local b = body[j]
      local x, y, z = a.x - b.x, a.y - b.y, a.z - b.z
      local square = x * x + y * y + z * z
      local magnitude = STEP / (square * sqrt(square))
      local pull = b.mass * magnitude
      a.vx, a.vy, a.vz = a.vx - x * pull, a.vy - y * pull, a.vz - z * pull
      pull = a.mass * magnitude
      b.vx, b.vy, b.vz = b.vx + x * pull, b.vy + y * pull, b.vz + z * pull
    end
  end
  for i = 0, BODIES - 1 do
    local a = body[i]
    a.x, a.y, a.z = a.x + a.vx * STEP, a.y + a.vy * STEP, a.z + a.vz * STEP
  end
end

local function energy(body)
  local total = 0.0
  for i = 0, BODIES - 1 do
    local a = body[i]
    total = total + a.mass * 0.5 * (a.vx * a.vx + a.vy * a.vy + a.vz * a.vz)
    for j = i + 1, BODIES - 1 do
      local b = body[j]
      local x, y, z = a.x - b.x, a.y - b.y, a.z - b.z
      total = total - a.mass * b.mass / sqrt(x * x + y * y + z * z)
    end
  end
  return total
end

return function(size)
  local body = planets()
  for _, axis in ipairs({ "vx", "vy", "vz" }) do
    local momentum = 0.0
    for i = 0, BODIES - 1 do momentum = momentum + body[i][axis] * body[i].mass end
    body[0][axis] = -momentum / SOLAR_MASS
  end
  for _ = 1, size do advance(body) end
  return energy(body)
end
