local bit = require("bit")
local band, bor, bnot, bxor, lshift, rshift = bit.band, bit.bor, bit.bnot, bit.bxor, bit.lshift, bit.rshift

local function place(straight, left, right, all)
  if straight == all then return 1 end
  local ways, open = 0, band(bnot(bor(straight, left, right)), all)
  while open ~= 0 do
    local column = band(open, -open)
    open = bxor(open, column)
    ways = ways + place(bor(straight, column), lshift(bor(left, column), 1), rshift(bor(right, column), 1), all)
  end
  return ways
end

return function(size)
  return place(0, 0, 0, lshift(1, size) - 1)
end
