#pragma once

/* Of the programs that WebAssembly does not run. */
double sin(double);
double cos(double);
double exp(double);

#define sqrt __builtin_sqrt
#define fabs __builtin_fabs
#define floor __builtin_floor
#define rint __builtin_rint
