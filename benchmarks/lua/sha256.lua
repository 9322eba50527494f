local ffi, bit = require("ffi"), require("bit")
local band, bor, bxor, ror, shl, shr, tobit = bit.band, bit.bor, bit.bxor, bit.ror, bit.lshift, bit.rshift, bit.tobit

local constants = ffi.new("int32_t[64]", {
  0x428A2F98, 0x71374491, -0x4A3F0431, -0x164A245B, 0x3956C25B, 0x59F111F1, -0x6DC07D5C, -0x54E3A12B,
  -0x27F85568, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, -0x7F214E02, -0x6423F959, -0x3E640E8C,
  -0x1B64963F, -0x1041B87A, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
  -0x67C1AEAE, -0x57CE3993, -0x4FFCD838, -0x40A68039, -0x391FF40D, -0x2A586EB9, 0x06CA6351, 0x14292967,
  0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, -0x7E3D36D2, -0x6D8DD37B,
  -0x5D40175F, -0x57E599B5, -0x3DB47490, -0x3893AE5D, -0x2E6D17E7, -0x2966F9DC, -0x0BF1CA7B, 0x106AA070,
  0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
  0x748F82EE, 0x78A5636F, -0x7B3787EC, -0x7338FDF8, -0x6F410006, -0x5BAF9315, -0x41065C09, -0x398E870E,
})
local schedule = ffi.new("int32_t[64]")

local function compress(digest, block)
  for t = 0, 15 do
    local at = 4 * t
    schedule[t] = bor(shl(block[at], 24), shl(block[at + 1], 16), shl(block[at + 2], 8), block[at + 3])
  end
  for t = 16, 63 do
    local x, y = schedule[t - 2], schedule[t - 15]
    schedule[t] = tobit(bxor(ror(x, 17), ror(x, 19), shr(x, 10)) + schedule[t - 7] + schedule[t - 16]
      + bxor(ror(y, 7), ror(y, 18), shr(y, 3)))
  end
  local a, b, c, d, e, f, g, h =
    digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]
  for t = 0, 63 do
    local first = tobit(h + bxor(ror(e, 6), ror(e, 11), ror(e, 25)) + bxor(band(bxor(f, g), e), g) + constants[t]
      + schedule[t])
    local second = tobit(bxor(ror(a, 2), ror(a, 13), ror(a, 22)) + bor(band(bor(a, b), c), band(a, b)))
    h, g, f, e, d, c, b, a = g, f, e, tobit(d + first), c, b, a, tobit(first + second)
  end
  digest[0], digest[1], digest[2], digest[3] = digest[0] + a, digest[1] + b, digest[2] + c, digest[3] + d
  digest[4], digest[5], digest[6], digest[7] = digest[4] + e, digest[5] + f, digest[6] + g, digest[7] + h
end

return function(size)
  local digest = ffi.new("int32_t[8]", {
    0x6A09E667, -0x4498517B, 0x3C6EF372, -0x5AB00AC6, 0x510E527F, -0x64FA9774, 0x1F83D9AB, 0x5BE0CD19,
  })
  local padded = math.floor((size + 8) / 64) * 64 + 64
  local message = ffi.new("uint8_t[?]", padded)
  for index = 0, size - 1 do message[index] = band(index * 7 + shr(index, 8), 255) end
  message[size] = 0x80
  for byte = 0, 7 do message[padded - 1 - byte] = math.floor(size * 8 / 2 ^ (8 * byte)) % 256 end
  for block = 0, padded - 64, 64 do compress(digest, message + block) end
  return ffi.cast("int64_t", digest[0] % 2 ^ 32) * 0x80000000LL + ffi.cast("int64_t", math.floor(digest[1] % 2 ^ 32 / 2))
end
