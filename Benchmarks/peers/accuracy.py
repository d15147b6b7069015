"""How near answers in int8 come to those in float32, on inputs that nobody was calibrated on."""

import sys

import contenders
import numpy as np
from contender import Contender, ContenderError

#: decibels; networks with random weights lose much in int8, but an answer to another question is noise as large as the signal
LEAST = 3


def accuracy(name, network, program, folder, options):
    """A contender's decibels of signal to noise and its share of equal largest outputs. Raises ContenderError if it is wrong."""
    timed = decibels([contenders.answer(name, network, folder)], [np.load(network.reference)])
    references = np.load(network.fresh_references)
    answers = kiln_answers(network, program, folder, options) if name == "kiln" else peer_answers(name, network, folder, options)
    found = dict(decibels=decibels(answers, references), agreement=agreement(answers, references))
    if not min(timed, found["decibels"]) >= LEAST:
        raise ContenderError(f"a wrong answer: {min(timed, found['decibels']):.1f} dB of signal to noise, at least {LEAST} are asked")
    return found


def kiln_answers(network, program, folder, options):
    place = folder / "fresh"
    place.mkdir(exist_ok=True)
    answers = []
    for image in np.load(network.fresh):
        contender = program.contender(network, options.cores, place, image)
        try:
            contender.wait_until_ready()
        finally:
            contender.stop()
        answers.append(contenders.answer("kiln", network, place))
    return answers


def peer_answers(name, network, folder, options):
    file, result = contenders.converted(network, name), folder / f"{name}-fresh.npy"
    command = [sys.executable, contenders.HERE / "answers.py", name, file, options.threads, network.fresh, result]
    contender = Contender(command, options.cores, contenders.environment(options.threads, network.folder))
    try:
        contender.wait_until_ready()
    finally:
        contender.stop()
    return np.load(result)


def decibels(answers, references):
    """Of all answers together: the references' energy over that of the differences from them."""
    references = np.asarray(references, np.float64)
    answers = np.asarray(answers, np.float64)
    if answers.size != references.size:
        return float("-inf")
    noise = np.square(answers.reshape(references.shape) - references).sum()
    ratio = np.square(references).sum() / max(noise, np.finfo(float).tiny)
    return float(10 * np.log10(ratio)) if np.isfinite(noise) else float("-inf")


def agreement(answers, references):
    """In how many of the answers the largest output is where it is in the reference, as a share."""
    return float(np.mean([np.argmax(answer) == np.argmax(reference) for answer, reference in zip(answers, references)]))
