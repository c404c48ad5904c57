"""Times whole training steps in jitted JAX on the CPU, with every core: the peer of the benchmark `training_step`.

Prints one line a penalty: its name and the seconds of a step, best of several rounds. The step is all of
training but for the noise, which is left out in JAX's favour: relu recurrence, softmax readout, cross-entropy plus
penalty, gradients, Adam. The product with the inputs is inside the scan, where it costs less than before it.

    python jax_step.py --units 312
"""

import argparse
import functools
import time

import jax
import jax.numpy as jnp

LAMBDA, LAMBDA_EMD = 0.3, 0.1
STEPS, BATCH, INPUTS, OUTPUTS = 50, 128, 8, 4


def communicability(magnitudes, added):
    roots = jax.lax.rsqrt(magnitudes.sum(1) + added)
    matrix = roots[:, None] * magnitudes * roots
    return jax.scipy.linalg.expm(matrix) * (1.0 - jnp.eye(len(matrix)))


def penalty(kind, weights, distance, target):
    magnitudes = jnp.abs(weights)
    if kind == "W":
        return LAMBDA * magnitudes.sum()
    if kind == "WD":
        return LAMBDA * (magnitudes * distance).sum()
    if kind == "WDC":
        return LAMBDA * (magnitudes * distance * communicability(magnitudes, 0.0)).sum()
    reached = jnp.sort(communicability(magnitudes, 1e-10).ravel())
    return LAMBDA * (magnitudes * distance).sum() + LAMBDA_EMD * jnp.abs(target - reached).mean()


def loss(parameters, inputs, labels, kind, distance, target):
    kernel, recurrent, bias, readout, readout_bias = parameters

    def step(state, now):
        return jax.nn.relu(now @ kernel + state @ recurrent + bias), None

    state, _ = jax.lax.scan(step, jnp.zeros((BATCH, len(recurrent))), inputs)
    log_probability = jax.nn.log_softmax(state @ readout + readout_bias)
    cross_entropy = -jnp.take_along_axis(log_probability, labels[:, None], 1).mean()
    return cross_entropy + penalty(kind, recurrent, distance, target)


@functools.partial(jax.jit, static_argnames="kind")
def train(state, inputs, labels, distance, target, kind):
    parameters, first, second, count = state
    gradients = jax.grad(loss)(parameters, inputs, labels, kind, distance, target)
    count = count + 1
    rate = 0.001 * jnp.sqrt(1 - 0.999**count) / (1 - 0.9**count)
    first = [0.9 * m + 0.1 * g for m, g in zip(first, gradients)]
    second = [0.999 * v + 0.001 * g * g for v, g in zip(second, gradients)]
    moved = [w - rate * m / (jnp.sqrt(v) + 1e-7) for w, m, v in zip(parameters, first, second)]
    return moved, first, second, count


def seconds_per_step(kind, units, rounds=3, steps=20):
    keys = jax.random.split(jax.random.PRNGKey(1), 8)
    shapes = [(INPUTS, units), (units, units), (units,), (units, OUTPUTS), (OUTPUTS,)]
    parameters = [0.05 * jax.random.uniform(key, shape, minval=-1.0) for key, shape in zip(keys, shapes)]
    moments = [[jnp.zeros(shape) for shape in shapes] for _ in range(2)]
    inputs = jax.random.normal(keys[5], (STEPS, BATCH, INPUTS))
    labels = jnp.arange(BATCH) % OUTPUTS
    distance = jax.random.uniform(keys[6], (units, units))
    target = jnp.sort(jax.random.uniform(keys[7], (units * units,)))
    state = (parameters, *moments, jnp.zeros(()))
    best = float("inf")
    for _ in range(rounds + 1):  # The first one compiles.
        start = time.perf_counter()
        for _ in range(steps):
            state = train(state, inputs, labels, distance, target, kind)
        jax.block_until_ready(state)
        best = min(best, (time.perf_counter() - start) / steps)
    return best


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--units", type=int, default=312)
    units = arguments.parse_args().units
    for kind in ["W", "WD", "WDC", "WDC*"]:
        print(kind, seconds_per_step(kind, units), flush=True)


if __name__ == "__main__":
    main()
