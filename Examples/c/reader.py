"""Reads a handwritten digit with the network of Examples/digits: reader.py IMAGE.npy"""

import sys

import numpy

import digits

network = digits.Network()
probabilities = network(numpy.load(sys.argv[1]))
print(f"This is a {probabilities.argmax()}.")
