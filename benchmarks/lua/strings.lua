local ffi, bit = require("ffi"), require("bit")
local words = { "q", "of", "bit", "gate", "phase", "vector", "lattice", "register" }
local spelled = {}
for number, word in ipairs(words) do spelled[number - 1] = ffi.new("uint8_t[8]", { word:byte(1, -1) }) end
local digits = ffi.new("uint8_t[24]")

-- The text, its length and its room.
local text, length, room

local function reserve(more)
  if length + more <= room then return end
  local larger = ffi.new("uint8_t[?]", 2 * room)
  for index = 0, length - 1 do larger[index] = text[index] end
  text, room = larger, 2 * room
end

local function append_byte(byte)
  reserve(1)
  text[length] = byte
  length = length + 1
end

local function append(bytes, first, count)
  reserve(count)
  for index = first, first + count - 1 do
    text[length] = bytes[index]
    length = length + 1
  end
end

local function append_decimal(number)
  local first = 24
  if number < 0 then
    append_byte(45)
    number = -number
  end
  repeat
    first = first - 1
    local digit = number % 10
    digits[first] = digit + 48
    number = (number - digit) / 10
  until number == 0
  append(digits, first, 24 - first)
end

return function(size)
  text, length, room = ffi.new("uint8_t[?]", 64), 0, 64
  local state = 42LL
  for _ = 1, size do
    state = bit.band(state * 1103515245LL + 12345LL, 0x7FFFFFFFLL)
    local plain = tonumber(state)
    local word = bit.band(bit.rshift(plain, 16), 7)
    append(spelled[word], 0, word + 1)
    append_byte(32)
    append_decimal(plain - 0x40000000)
    append_byte(10)
  end
  local digest = 0xCBF29CE484222325ULL
  for index = 0, length - 1 do digest = bit.bxor(digest, text[index] + 0ULL) * 0x100000001B3ULL end
  return ffi.cast("int64_t", digest)
end
