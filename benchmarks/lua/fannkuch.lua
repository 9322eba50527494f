local ffi = require("ffi")
local work = ffi.new("int32_t[16]")

local function flips(order, size)
  local count = 0
  for index = 0, size - 1 do work[index] = order[index] end
  local last = work[0]
  while last ~= 0 do
    local first = 0
    while first < last do
      work[first], work[last] = work[last], work[first]
      first, last = first + 1, last - 1
    end
    count = count + 1
    last = work[0]
  end
  return count
end

return function(size)
  local order, counts = ffi.new("int32_t[16]"), ffi.new("int32_t[17]")
  local turning, total, most, sign = size, 0, 0, 1
  for index = 0, size - 1 do order[index] = index end
  while true do
    while turning > 1 do
      counts[turning - 1] = turning
      turning = turning - 1
    end
    local count = flips(order, size)
    if count > most then most = count end
    total = total + count * sign
    sign = -sign
    while true do
      if turning == size then return total * 1000 + most end
      local first = order[0]
      for index = 0, turning - 1 do order[index] = order[index + 1] end
      order[turning] = first
      counts[turning] = counts[turning] - 1
      if counts[turning] > 0 then break end
      turning = turning + 1
    end
  end
end
