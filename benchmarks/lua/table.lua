-- The routing table, step by step as in moonshine_instantiate.qbc, in a memory of the same layout.
local ffi, bit = require("ffi"), require("bit")
local klein = require("klein")
ffi.cdef([[
  union qbc_word { uint64_t bits; double real; };
  void *mmap(void *, size_t, int, int, int, long);
  int munmap(void *, size_t);
]])
local C, M, floor = ffi.C, ffi.load("m"), math.floor
local PI, THIRD_ROOT, PRIME, BASIS = 3.141592653589793, 0.5773502691896258, 0x100000001B3ULL, 0xCBF29CE484222325ULL
local PHYSICAL, VIRTUAL, INVERSE = 0x100000000ULL, 0x200000000ULL, 0x300000000ULL
local TRIANGLES, BUFFER, NONE = 0x400000000ULL, 0x700000000ULL, 0xFFFFFFFFFFFFFFFFULL
local NODE_ID = 0x4D51000000000000ULL
local word_pointer = ffi.typeof("union qbc_word *")
local memory

local function at(address) return ffi.cast(word_pointer, memory + address) end

local function finish(entry, parent, place)
  entry[12].bits = parent
  entry[13].real = 1.0
  entry[14].bits = place
  local hash = BASIS
  for word = 0, 14 do hash = bit.bxor(hash, entry[word].bits) * PRIME end
  entry[15].bits = hash
end

local function node(entry, k, size)
  local sigma = k * 8 / size
  local phase = sigma * PI / 4.0
  local real, imag = klein(sigma / 8.0, 1.0)
  local physical, virtual, inverse = PHYSICAL + 512 * k, VIRTUAL + 256 * k, INVERSE + 256 * k
  local parent = NONE
  if size ~= 1 then parent = 0x100000000ULL + floor(k / 3) end
  local id = NODE_ID + k
  entry[0].bits, entry[1].bits, entry[2].bits = 0, k, id
  entry[3].bits, entry[4].bits, entry[5].bits = physical, virtual, inverse
  entry[6].real, entry[7].real, entry[8].real = real, imag, sigma
  entry[9].bits, entry[10].real = floor(sigma), phase
  local class = k % 100
  if class < 20 or class > 80 then entry[11].bits = 2 else entry[11].bits = 1 end
  finish(entry, parent, k + 0ULL)
  local record = at(physical)
  record[0].bits, record[1].bits, record[2].bits, record[3].bits = id, k, virtual, inverse
  record[4].real, record[5].real, record[6].real, record[7].real = phase, sigma, real, imag
  record[10].real, record[12].real, record[16].real = THIRD_ROOT, THIRD_ROOT, THIRD_ROOT
  record[24].bits = parent
  record[25].bits = PHYSICAL + 512 * ((k + size - 1) % size)
  record[26].bits = PHYSICAL + 512 * ((k + 1) % size)
  local cosine, sine = M.cos(phase), M.sin(phase)
  record = at(virtual)
  record[0].bits, record[1].bits, record[2].real, record[3].real = id, physical, sigma, phase
  record[4].real, record[5].real, record[6].bits = cosine, sine, parent
  record = at(inverse)
  record[0].bits, record[1].bits, record[2].bits = id, physical, virtual
  record[3].real, record[4].real, record[5].real = -phase, cosine, -sine
end

local function mean(a, b, c, word) return (a[word].real + b[word].real + c[word].real) / 3.0 end

local function address(entry)
  if entry[0].bits == 0 then return entry[3].bits end
  return TRIANGLES + 256 * entry[1].bits
end

local function triangle(entry, t, layer, position, below, count)
  local last = count - 1
  local first = position * 3
  local a = below + 16 * first
  local b, c = below + 16 * math.min(first + 1, last), below + 16 * math.min(first + 2, last)
  local record = at(TRIANGLES + 256 * t)
  local parent = NONE
  if count > 3 then parent = 0x100000000ULL * (layer + 1) + floor(position / 3) end
  local id = 0x100000000ULL * layer + position
  local coherence = a[11].bits
  if b[11].bits < coherence then coherence = b[11].bits end
  if c[11].bits < coherence then coherence = c[11].bits end
  local sigma = mean(a, b, c, 8)
  local phase = sigma * PI / 4.0
  entry[0].bits, entry[1].bits, entry[2].bits = 1, t, id
  entry[3].bits, entry[4].bits, entry[5].bits = a[2].bits, b[2].bits, c[2].bits
  entry[6].real, entry[7].real, entry[8].real = mean(a, b, c, 6), mean(a, b, c, 7), sigma
  entry[9].bits, entry[10].real, entry[11].bits = layer, phase, coherence
  finish(entry, parent, id)
  record[0].bits, record[1].bits = id, t
  record[2].bits, record[3].bits, record[4].bits = a[2].bits, b[2].bits, c[2].bits
  record[5].bits, record[6].real, record[7].real = parent, sigma, phase
  record[8].real, record[9].real = entry[6].real, entry[7].real
  record[10].bits, record[11].bits, record[12].bits = address(a), address(b), address(c)
end

local SIZE = 0x1000000000

return function(size)
  -- Private, anonymous, without reserve.
  local area = C.mmap(nil, SIZE, 3, 0x4022, -1, 0)
  memory = ffi.cast("uint8_t *", area)
  local payload = at(BUFFER) + 8
  local entries, below, t, layer, count = size, payload, 0, 1, size
  for k = 0, size - 1 do node(payload + 16 * k, k, size) end
  while count > 1 do
    local first = payload + 16 * entries
    local groups = floor((count + 2) / 3)
    for position = 0, groups - 1 do
      triangle(first + 16 * position, t, layer, position, below, count)
      t = t + 1
    end
    entries, below, count, layer = entries + groups, first, groups, layer + 1
  end
  local hash = BASIS
  for word = 0, 16 * entries - 1 do hash = bit.bxor(hash, payload[word].bits) * PRIME end
  local header = at(BUFFER)
  header[0].bits, header[1].bits, header[2].bits, header[3].bits = 0x4F555450, entries, 128, 1
  header[4].bits, header[5].bits, header[6].bits = 1, 128 * entries, hash
  C.munmap(area, SIZE)
  return ffi.cast("int64_t", hash)
end
