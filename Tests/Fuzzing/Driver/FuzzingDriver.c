#include "FuzzingDriver.h"
