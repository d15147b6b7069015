#include "ProbeSystem.h"

#include <stdio.h>

void probe_print(float sum) { printf("1 + 4 + 9 + 16 = %g\n", sum); }
