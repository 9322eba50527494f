/* The programs of benchmarks/programs in C: the same algorithms and answers, compiled with
 * gcc -O2 -ffp-contract=off. Each function takes the size and returns the answer. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

/* Of 64-bit FNV-1a. */
#define OFFSET_BASIS 0xCBF29CE484222325
#define PRIME 0x100000001B3

int64_t loop(int64_t size)
{
    int64_t state = 42, total = 0;
    for (int64_t step = 0; step < size; step++) {
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF;
        total += (state >> 7) ^ step;
    }
    return total;
}

int64_t collatz(int64_t size)
{
    int64_t best = 0, longest = 0;
    for (int64_t start = 1; start < size; start++) {
        int64_t value = start, length = 1;
        while (value != 1) {
            length++;
            value = value & 1 ? value * 3 + 1 : value >> 1;
        }
        if (length > longest) {
            best = start;
            longest = length;
        }
    }
    return best * 1000 + longest;
}

int64_t fib(int64_t size)
{
    return size < 2 ? size : fib(size - 1) + fib(size - 2);
}

int64_t sieve(int64_t size)
{
    uint8_t *flags = calloc(size + 1, 1);
    int64_t primes = 0;
    for (int64_t candidate = 2; candidate <= size; candidate++) {
        if (flags[candidate])
            continue;
        primes++;
        for (int64_t multiple = candidate * candidate; multiple <= size; multiple += candidate)
            flags[multiple] = 1;
    }
    free(flags);
    return primes;
}

double matrix(int64_t size)
{
    double *a = malloc(3 * size * size * sizeof(double)), *b = a + size * size, *c = b + size * size;
    for (int64_t i = 0; i < size; i++)
        for (int64_t j = 0; j < size; j++) {
            a[i * size + j] = (double)((i * 3 + j) % 7) + 0.5;
            b[i * size + j] = (double)((i + j * 2) % 5) - 1.25;
        }
    for (int64_t i = 0; i < size; i++)
        for (int64_t j = 0; j < size; j++) {
            double total = 0.0;
            for (int64_t k = 0; k < size; k++)
                total += a[i * size + k] * b[k * size + j];
            c[i * size + j] = total;
        }
    double weighted = 0.0;
    for (int64_t i = 0; i < size; i++)
        for (int64_t j = 0; j < size; j++)
            weighted += c[i * size + j] * (double)((i + j) % 3 + 1);
    free(a);
    return weighted;
}

int64_t copy(int64_t size)
{
    uint64_t *first = malloc(2 * size * sizeof(uint64_t)), *second = first + size;
    uint64_t word = 1, total = 0, *source = first, *target = second;
    for (int64_t index = 0; index < size; index++) {
        word = (word * 1103515245 + 12345) & 0x7FFFFFFF;
        first[index] = word;
    }
    for (int round = 0; round < 20; round++) {
        for (int64_t index = 0; index < size - 1; index++)
            target[index] = source[index + 1];
        target[size - 1] = source[0];
        uint64_t *other = source;
        source = target;
        target = other;
    }
    for (int64_t index = 0; index < 8 * size; index++)
        ((uint8_t *)target)[index] = ((uint8_t *)source)[index];
    for (int64_t index = 0; index < size; index++)
        total += target[index] * (uint64_t)(index + 1);
    free(first);
    return (int64_t)total;
}

int64_t mandelbrot(int64_t size)
{
    double distance = 2.5 / (double)size;
    int64_t steps = 0;
    for (int64_t row = 0; row < size; row++) {
        double c_imag = distance * (double)row - 1.25;
        for (int64_t column = 0; column < size; column++) {
            double c_real = distance * (double)column - 2.0;
            double real = 0.0, imag = 0.0, real_square = 0.0, imag_square = 0.0;
            for (int step = 0; step < 50; step++) {
                imag = imag * real * 2.0 + c_imag;
                real = real_square - imag_square + c_real;
                real_square = real * real;
                imag_square = imag * imag;
                steps++;
                if (real_square + imag_square > 4.0)
                    break;
            }
        }
    }
    return steps;
}

#define PI 3.141592653589793
#define SOLAR_MASS (4.0 * PI * PI)
#define YEAR 365.24
#define TIME_STEP 0.01
#define BODIES 5

struct body {
    double place[3], velocity[3], mass;
};

static const struct body planets[BODIES] = {
    {{0.0, 0.0, 0.0}, {0.0, 0.0, 0.0}, SOLAR_MASS},
    {{4.84143144246472090, -1.16032004402742839, -0.103622044471123109},
     {0.00166007664274403694 * YEAR, 0.00769901118419740425 * YEAR, -0.0000690460016972063023 * YEAR},
     0.000954791938424326609 * SOLAR_MASS},
    {{8.34336671824457987, 4.12479856412430479, -0.403523417114321381},
     {-0.00276742510726411860 * YEAR, 0.00499852801234917238 * YEAR, 0.0000230417297573763929 * YEAR},
     0.000285885980666130812 * SOLAR_MASS},
    {{12.8943695621391310, -15.1111514016986312, -0.223307578892655734},
     {0.00296460137564761618 * YEAR, 0.00237847173959480950 * YEAR, -0.0000296589568540237556 * YEAR},
     0.0000436624404335156298 * SOLAR_MASS},
    {{15.3796971148509165, -25.9193146099879641, 0.179258772950371181},
     {0.00268067772490389322 * YEAR, 0.00162824170038242295 * YEAR, -0.0000951592254519715870 * YEAR},
     0.0000515138902046611451 * SOLAR_MASS},
};

static void advance(struct body *body)
{
    for (int i = 0; i < BODIES; i++)
        for (int j = i + 1; j < BODIES; j++) {
            double x = body[i].place[0] - body[j].place[0];
            double y = body[i].place[1] - body[j].place[1];
            double z = body[i].place[2] - body[j].place[2];
            double square = x * x + y * y + z * z;
            double magnitude = TIME_STEP / (square * sqrt(square));
            double pull = body[j].mass * magnitude;
            body[i].velocity[0] -= x * pull;
            body[i].velocity[1] -= y * pull;
            body[i].velocity[2] -= z * pull;
            pull = body[i].mass * magnitude;
            body[j].velocity[0] += x * pull;
            body[j].velocity[1] += y * pull;
            body[j].velocity[2] += z * pull;
        }
    for (int i = 0; i < BODIES; i++)
        for (int axis = 0; axis < 3; axis++)
            body[i].place[axis] += body[i].velocity[axis] * TIME_STEP;
}

static double energy(const struct body *body)
{
    double total = 0.0;
    for (int i = 0; i < BODIES; i++) {
        const double *v = body[i].velocity;
        total += body[i].mass * 0.5 * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
        for (int j = i + 1; j < BODIES; j++) {
            double x = body[i].place[0] - body[j].place[0];
            double y = body[i].place[1] - body[j].place[1];
            double z = body[i].place[2] - body[j].place[2];
            total -= body[i].mass * body[j].mass / sqrt(x * x + y * y + z * z);
        }
    }
    return total;
}

double nbody(int64_t size)
{
    struct body body[BODIES];
    for (int i = 0; i < BODIES; i++)
        body[i] = planets[i];
    for (int axis = 0; axis < 3; axis++) {
        double momentum = 0.0;
        for (int i = 0; i < BODIES; i++)
            momentum += body[i].velocity[axis] * body[i].mass;
        body[0].velocity[axis] = -momentum / SOLAR_MASS;
    }
    for (int64_t step = 0; step < size; step++)
        advance(body);
    return energy(body);
}

static void product(const double *source, double *target, int64_t size, int transposed)
{
    for (int64_t i = 0; i < size; i++) {
        double total = 0.0;
        for (int64_t j = 0; j < size; j++)
            total += 1.0 / (double)(((i + j) * (i + j + 1) >> 1) + (transposed ? j : i) + 1) * source[j];
        target[i] = total;
    }
}

double spectral(int64_t size)
{
    double *u = malloc(3 * size * sizeof(double)), *v = u + size, *aux = v + size;
    for (int64_t i = 0; i < size; i++)
        u[i] = 1.0;
    for (int round = 0; round < 20; round++) {
        product(round & 1 ? v : u, aux, size, 0);
        product(aux, round & 1 ? u : v, size, 1);
    }
    double both = 0.0, norm = 0.0;
    for (int64_t i = 0; i < size; i++) {
        both += u[i] * v[i];
        norm += v[i] * v[i];
    }
    free(u);
    return sqrt(both / norm);
}

int64_t text(int64_t size)
{
    uint8_t *buffer = malloc(21 * size + 1), digits[24];
    int64_t end = 0;
    for (int64_t number = 0; number < size; number++) {
        uint64_t rest = (uint64_t)number;
        int first = sizeof digits;
        do {
            digits[--first] = (uint8_t)(rest % 10 + '0');
            rest /= 10;
        } while (rest);
        while (first < (int)sizeof digits)
            buffer[end++] = digits[first++];
        buffer[end++] = ',';
    }
    uint64_t digest = OFFSET_BASIS;
    for (int64_t index = 0; index < end; index++)
        digest = (digest ^ buffer[index]) * PRIME;
    free(buffer);
    return (int64_t)digest;
}

static void sort(int64_t *words, int64_t low, int64_t high)
{
    if (low >= high)
        return;
    int64_t pivot = words[(low + high) >> 1], up = low, down = high;
    while (up <= down) {
        while (words[up] < pivot)
            up++;
        while (words[down] > pivot)
            down--;
        if (up <= down) {
            int64_t word = words[up];
            words[up++] = words[down];
            words[down--] = word;
        }
    }
    sort(words, low, down);
    sort(words, up, high);
}

int64_t quicksort(int64_t size)
{
    int64_t *words = malloc(size * sizeof(int64_t)), state = 42, total = 0;
    for (int64_t index = 0; index < size; index++) {
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF;
        words[index] = state - 0x40000000;
    }
    sort(words, 0, size - 1);
    for (int64_t index = 0; index < size; index++)
        total = (total * 31 + words[index]) & 0xFFFFFFFFFFFF;
    free(words);
    return total;
}

static int64_t flips(const int64_t *order, int64_t size)
{
    int64_t work[16], count = 0, last;
    for (int64_t index = 0; index < size; index++)
        work[index] = order[index];
    while ((last = work[0])) {
        for (int64_t first = 0; first < last; first++, last--) {
            int64_t number = work[first];
            work[first] = work[last];
            work[last] = number;
        }
        count++;
    }
    return count;
}

int64_t fannkuch(int64_t size)
{
    int64_t order[16], counts[16], turning = size, total = 0, most = 0, sign = 1;
    for (int64_t index = 0; index < size; index++)
        order[index] = index;
    for (;;) {
        for (; turning > 1; turning--)
            counts[turning - 1] = turning;
        int64_t count = flips(order, size);
        if (count > most)
            most = count;
        total += count * sign;
        sign = -sign;
        for (;;) {
            if (turning == size)
                return total * 1000 + most;
            int64_t first = order[0];
            for (int64_t index = 0; index < turning; index++)
                order[index] = order[index + 1];
            order[turning] = first;
            if (--counts[turning] > 0)
                break;
            turning++;
        }
    }
}

/* The ways to fill the rows that are left; set bits are columns taken by the queens above. */
static int64_t place(int64_t straight, int64_t left, int64_t right, int64_t all)
{
    if (straight == all)
        return 1;
    int64_t ways = 0, open = ~(straight | left | right) & all;
    while (open) {
        int64_t column = open & -open;
        open ^= column;
        ways += place(straight | column, (left | column) << 1, (right | column) >> 1, all);
    }
    return ways;
}

int64_t nqueens(int64_t size)
{
    return place(0, 0, 0, ((int64_t)1 << size) - 1);
}

static const uint32_t constants[64] = {
    0x428A2F98, 0x71374491, 0xB5C0FBCF, 0xE9B5DBA5, 0x3956C25B, 0x59F111F1, 0x923F82A4, 0xAB1C5ED5,
    0xD807AA98, 0x12835B01, 0x243185BE, 0x550C7DC3, 0x72BE5D74, 0x80DEB1FE, 0x9BDC06A7, 0xC19BF174,
    0xE49B69C1, 0xEFBE4786, 0x0FC19DC6, 0x240CA1CC, 0x2DE92C6F, 0x4A7484AA, 0x5CB0A9DC, 0x76F988DA,
    0x983E5152, 0xA831C66D, 0xB00327C8, 0xBF597FC7, 0xC6E00BF3, 0xD5A79147, 0x06CA6351, 0x14292967,
    0x27B70A85, 0x2E1B2138, 0x4D2C6DFC, 0x53380D13, 0x650A7354, 0x766A0ABB, 0x81C2C92E, 0x92722C85,
    0xA2BFE8A1, 0xA81A664B, 0xC24B8B70, 0xC76C51A3, 0xD192E819, 0xD6990624, 0xF40E3585, 0x106AA070,
    0x19A4C116, 0x1E376C08, 0x2748774C, 0x34B0BCB5, 0x391C0CB3, 0x4ED8AA4A, 0x5B9CCA4F, 0x682E6FF3,
    0x748F82EE, 0x78A5636F, 0x84C87814, 0x8CC70208, 0x90BEFFFA, 0xA4506CEB, 0xBEF9A3F7, 0xC67178F2,
};

static uint32_t rotate(uint32_t word, int bits)
{
    return word >> bits | word << (32 - bits);
}

static void compress(uint32_t *digest, const uint8_t *block)
{
    uint32_t schedule[64];
    for (int t = 0; t < 16; t++)
        schedule[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16
                      | (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < 64; t++) {
        uint32_t x = schedule[t - 2], y = schedule[t - 15];
        schedule[t] = (rotate(x, 17) ^ rotate(x, 19) ^ x >> 10) + schedule[t - 7] + schedule[t - 16]
                      + (rotate(y, 7) ^ rotate(y, 18) ^ y >> 3);
    }
    uint32_t a = digest[0], b = digest[1], c = digest[2], d = digest[3];
    uint32_t e = digest[4], f = digest[5], g = digest[6], h = digest[7];
    for (int t = 0; t < 64; t++) {
        h += (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + (((f ^ g) & e) ^ g) + constants[t] + schedule[t];
        d += h;
        h += (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + (((a | b) & c) | (a & b));
        uint32_t first = h;
        h = g;
        g = f;
        f = e;
        e = d;
        d = c;
        c = b;
        b = a;
        a = first;
    }
    digest[0] += a;
    digest[1] += b;
    digest[2] += c;
    digest[3] += d;
    digest[4] += e;
    digest[5] += f;
    digest[6] += g;
    digest[7] += h;
}

int64_t sha256(int64_t size)
{
    uint32_t digest[8] = {
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    };
    int64_t padded = ((size + 8) & -64) + 64;
    uint8_t *message = calloc(padded, 1);
    for (int64_t index = 0; index < size; index++)
        message[index] = (uint8_t)(index * 7 + (index >> 8));
    message[size] = 0x80;
    for (int byte = 0; byte < 8; byte++)
        message[padded - 1 - byte] = (uint8_t)(size * 8 >> 8 * byte);
    for (int64_t block = 0; block < padded; block += 64)
        compress(digest, message + block);
    free(message);
    return (int64_t)digest[0] << 31 | digest[1] >> 1;
}

struct string {
    uint8_t *bytes;
    int64_t length, room;
};

/* Room for more bytes, which are fewer than there are already. */
static void reserve(struct string *string, int64_t more)
{
    if (string->length + more <= string->room)
        return;
    uint8_t *larger = malloc(2 * string->room);
    for (int64_t index = 0; index < string->length; index++)
        larger[index] = string->bytes[index];
    free(string->bytes);
    string->bytes = larger;
    string->room *= 2;
}

static void append_byte(struct string *string, uint8_t byte)
{
    reserve(string, 1);
    string->bytes[string->length++] = byte;
}

static void append(struct string *string, const uint8_t *bytes, int64_t length)
{
    reserve(string, length);
    for (int64_t index = 0; index < length; index++)
        string->bytes[string->length++] = bytes[index];
}

static void append_decimal(struct string *string, int64_t number)
{
    uint8_t digits[24];
    int first = sizeof digits;
    if (number < 0) {
        append_byte(string, '-');
        number = -number;
    }
    do {
        digits[--first] = (uint8_t)(number % 10 + '0'); /* not negative: as floored as any */
        number /= 10;
    } while (number);
    append(string, digits + first, sizeof digits - first);
}

int64_t strings(int64_t size)
{
    static const char words[8][9] = {"q", "of", "bit", "gate", "phase", "vector", "lattice", "register"};
    struct string string = {malloc(64), 0, 64};
    int64_t state = 42;
    for (int64_t line = 0; line < size; line++) {
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF;
        int64_t word = state >> 16 & 7;
        append(&string, (const uint8_t *)words[word], word + 1);
        append_byte(&string, ' ');
        append_decimal(&string, state - 0x40000000);
        append_byte(&string, '\n');
    }
    uint64_t digest = OFFSET_BASIS;
    for (int64_t index = 0; index < string.length; index++)
        digest = (digest ^ string.bytes[index]) * PRIME;
    free(string.bytes);
    return (int64_t)digest;
}

/* The coefficients of j = 1/q + 744 + 196884 q + ..., the last first (OEIS A000521). */
static const double coefficients[18] = {
    2662842413150775245160.0,
    593121772421445058560.0,
    126142916465781843075.0,
    25497827389410525184.0,
    4872010111798142520.0,
    874313719685775360.0,
    146211911499519294.0,
    22567393309593600.0,
    3176440229784420.0,
    401490886656000.0,
    44656994071935.0,
    4252023300096.0,
    333202640600.0,
    20245856256.0,
    864299970.0,
    21493760.0,
    196884.0,
    744.0,
};

struct point {
    double real, imag;
};

/* Klein's j, step by step as in qbc_modular.qbc. */
static struct point klein(double x, double y)
{
    const double two_pi = 6.283185307179586;
    for (;;) {
        x -= rint(x);
        double square = x * x + y * y;
        if (!(square < 0.999999999999))
            break;
        x = -(x / square);
        y /= square;
    }
    double inner = exp(-(y * two_pi)), outer = exp(y * two_pi);
    double angle = x, sign = 1.0;
    if (fabs(x) > 0.25) {
        sign = -1.0;
        angle = 0.5 - fabs(x);
        if (x < 0.0)
            angle = -angle;
    }
    angle *= two_pi;
    double cosine = cos(angle) * sign, sine = sin(angle);
    double q_real = inner * cosine, q_imag = inner * sine;
    double real = coefficients[0], imag = 0.0;
    for (int term = 1; term < 18; term++) {
        double cross = real * q_imag;
        real = real * q_real - imag * q_imag + coefficients[term];
        imag = imag * q_real + cross;
    }
    return (struct point){outer * cosine + real, imag - outer * sine};
}

double jinvariant(int64_t size)
{
    double distance = 1.0 / (double)size, total = 0.0;
    for (int64_t row = 0; row < size; row++) {
        double y = distance * (double)row + 0.2;
        for (int64_t column = 0; column < size; column++) {
            struct point j = klein(distance * (double)column * 4.0 - 2.0, y);
            total += (j.real + j.imag) / (fabs(j.real) + 1.0 + fabs(j.imag));
        }
    }
    return total;
}

/* The routing table, step by step as in moonshine_instantiate.qbc, in a memory of the same layout. */

union word {
    uint64_t bits;
    double real;
};

#define PHYSICAL 0x100000000
#define VIRTUAL 0x200000000
#define INVERSE 0x300000000
#define TRIANGLES 0x400000000
#define BUFFER 0x700000000
#define ENTRY 16
#define NODE_ID ((uint64_t)0x4D51 << 48)
#define NO_PARENT (~(uint64_t)0)
#define THIRD_ROOT 0.5773502691896258

static const uint64_t memory_size = (uint64_t)1 << 36;
static uint8_t *memory;

static union word *at(uint64_t address)
{
    return (union word *)(memory + address);
}

static uint64_t put(union word *entry, int word, uint64_t bits, uint64_t hash)
{
    entry[word].bits = bits;
    return (hash ^ bits) * PRIME;
}

static uint64_t put_real(union word *entry, int word, double real, uint64_t hash)
{
    union word value = {.real = real};
    return put(entry, word, value.bits, hash);
}

static void put_end(union word *entry, uint64_t parent, uint64_t place, uint64_t hash)
{
    hash = put(entry, 12, parent, hash);
    hash = put_real(entry, 13, 1.0, hash);
    entry[15].bits = put(entry, 14, place, hash);
}

static void node(union word *entry, int64_t k, int64_t size)
{
    double sigma = (double)(k * 8) / (double)size;
    double phase = sigma * PI / 4.0;
    struct point j = klein(sigma / 8.0, 1.0);
    uint64_t physical = PHYSICAL + 512 * k, virtual = VIRTUAL + 256 * k, inverse = INVERSE + 256 * k;
    uint64_t parent = size == 1 ? NO_PARENT : (uint64_t)(k / 3) | (uint64_t)1 << 32, id = NODE_ID | (uint64_t)k;

    uint64_t hash = put(entry, 0, 0, OFFSET_BASIS);
    hash = put(entry, 1, k, hash);
    hash = put(entry, 2, id, hash);
    hash = put(entry, 3, physical, hash);
    hash = put(entry, 4, virtual, hash);
    hash = put(entry, 5, inverse, hash);
    hash = put_real(entry, 6, j.real, hash);
    hash = put_real(entry, 7, j.imag, hash);
    hash = put_real(entry, 8, sigma, hash);
    hash = put(entry, 9, (uint64_t)(int64_t)floor(sigma), hash);
    hash = put_real(entry, 10, phase, hash);
    hash = put(entry, 11, k % 100 < 20 || k % 100 > 80 ? 2 : 1, hash);
    put_end(entry, parent, k, hash);

    union word *record = at(physical);
    record[0].bits = id;
    record[1].bits = k;
    record[2].bits = virtual;
    record[3].bits = inverse;
    record[4].real = phase;
    record[5].real = sigma;
    record[6].real = j.real;
    record[7].real = j.imag;
    record[8 + 2 * 1].real = THIRD_ROOT;
    record[8 + 2 * 2].real = THIRD_ROOT;
    record[8 + 2 * 4].real = THIRD_ROOT;
    record[24].bits = parent;
    record[25].bits = PHYSICAL + 512 * ((k + size - 1) % size);
    record[26].bits = PHYSICAL + 512 * ((k + 1) % size);

    double cosine = cos(phase), sine = sin(phase);
    record = at(virtual);
    record[0].bits = id;
    record[1].bits = physical;
    record[2].real = sigma;
    record[3].real = phase;
    record[4].real = cosine;
    record[5].real = sine;
    record[6].bits = parent;
    record = at(inverse);
    record[0].bits = id;
    record[1].bits = physical;
    record[2].bits = virtual;
    record[3].real = -phase;
    record[4].real = cosine;
    record[5].real = -sine;
}

static double mean(union word **members, int word)
{
    return (members[0][word].real + members[1][word].real + members[2][word].real) / 3.0;
}

static uint64_t record_address(const union word *entry)
{
    return entry[0].bits ? TRIANGLES + 256 * entry[1].bits : entry[3].bits;
}

/* Triangle t, at a position of its layer, over the entries of the count members in the layer below. */
static void triangle(union word *entry, int64_t t, int64_t layer, int64_t position, union word *below, int64_t count)
{
    union word *members[3], *record = at(TRIANGLES + 256 * t);
    for (int member = 0; member < 3; member++) {
        int64_t index = position * 3 + member;
        members[member] = below + ENTRY * (index < count ? index : count - 1);
    }
    uint64_t parent = count <= 3 ? NO_PARENT : (uint64_t)(position / 3) | (uint64_t)(layer + 1) << 32;
    uint64_t id = (uint64_t)layer << 32 | (uint64_t)position, coherence = members[0][11].bits;
    double real = mean(members, 6), imag = mean(members, 7), sigma = mean(members, 8), phase = sigma * PI / 4.0;

    uint64_t hash = put(entry, 0, 1, OFFSET_BASIS);
    hash = put(entry, 1, t, hash);
    hash = put(entry, 2, id, hash);
    for (int member = 0; member < 3; member++) {
        hash = put(entry, 3 + member, members[member][2].bits, hash);
        if (members[member][11].bits < coherence)
            coherence = members[member][11].bits;
        record[2 + member].bits = members[member][2].bits;
        record[10 + member].bits = record_address(members[member]);
    }
    hash = put_real(entry, 6, real, hash);
    hash = put_real(entry, 7, imag, hash);
    hash = put_real(entry, 8, sigma, hash);
    hash = put(entry, 9, layer, hash);
    hash = put_real(entry, 10, phase, hash);
    hash = put(entry, 11, coherence, hash);
    put_end(entry, parent, id, hash);

    record[0].bits = id;
    record[1].bits = t;
    record[5].bits = parent;
    record[6].real = sigma;
    record[7].real = phase;
    record[8].real = real;
    record[9].real = imag;
}

/* The checksum of the payload. The memory is left until table_release, as the machine leaves its own. */
int64_t table(int64_t size)
{
    memory = mmap(NULL, memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        abort();
    union word *header = at(BUFFER), *payload = header + 8, *entry = payload, *below = payload;
    for (int64_t k = 0; k < size; k++, entry += ENTRY)
        node(entry, k, size);
    int64_t t = 0, layer = 1;
    for (int64_t count = size; count > 1; count = (count + 2) / 3, layer++) {
        union word *first = entry;
        for (int64_t position = 0; position * 3 < count; position++, entry += ENTRY)
            triangle(entry, t++, layer, position, below, count);
        below = first;
    }
    uint64_t hash = OFFSET_BASIS;
    for (union word *word = payload; word < entry; word++)
        hash = (hash ^ word->bits) * PRIME;
    header[0].bits = 0x4F555450;
    header[1].bits = (entry - payload) / ENTRY;
    header[2].bits = ENTRY * sizeof(union word);
    header[3].bits = 1;
    header[4].bits = 1;
    header[5].bits = (entry - payload) * sizeof(union word);
    header[6].bits = hash;
    return (int64_t)hash;
}

void table_release(void)
{
    munmap(memory, memory_size);
}
