/* The programs of benchmarks/programs in C: the same algorithms and answers, compiled with
 * gcc -O2 -ffp-contract=off. Each function takes the size and returns the answer. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

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
    uint64_t digest = 0xCBF29CE484222325;
    for (int64_t index = 0; index < end; index++)
        digest = (digest ^ buffer[index]) * 0x100000001B3;
    free(buffer);
    return (int64_t)digest;
}
