"""Reference values of the optimizers: weights after each of five steps.

The gradients are given, not computed, so that only the update rule is tested.
"""

from common import *

STEPS = 5
SHAPES = {"kernel": (3, 2), "bias": (2,)}

CLIPS = [{"clipvalue": 0.5}, {"clipnorm": 1.0}, {"global_clipnorm": 1.0}]

CONFIGS = [
    ("SGD", {"learning_rate": 0.1}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.05}),
    ("Adam", {"learning_rate": 0.01}),
    ("Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-3}),
    ("Adam", {"learning_rate": 0.01, "amsgrad": True}),
    ("AdamW", {"learning_rate": 0.01, "weight_decay": 0.004}),
    ("AdamW", {"learning_rate": 0.01, "weight_decay": 0.1}),
    ("Nadam", {"learning_rate": 0.01}),
    ("RMSprop", {"learning_rate": 0.01}),
    ("RMSprop", {"learning_rate": 0.01, "momentum": 0.9}),
    ("RMSprop", {"learning_rate": 0.01, "centered": True}),
    ("RMSprop", {"learning_rate": 0.01, "rho": 0.8, "momentum": 0.5, "centered": True}),
    ("Adagrad", {"learning_rate": 0.1}),
    ("Adagrad", {"learning_rate": 0.1, "initial_accumulator_value": 0.0, "epsilon": 1e-3}),
    ("Adadelta", {"learning_rate": 1.0}),
    ("Adamax", {"learning_rate": 0.01}),
    ("Lion", {"learning_rate": 0.01}),
    ("Lion", {"learning_rate": 0.01, "beta_1": 0.8, "beta_2": 0.95, "weight_decay": 0.1}),
]
CONFIGS += [("SGD", {"learning_rate": 0.1, **c}) for c in CLIPS]
CONFIGS += [("Adam", {"learning_rate": 0.01, **c}) for c in CLIPS]
CONFIGS += [
    ("SGD", {"learning_rate": 0.1, "gradient_accumulation_steps": 2}),
    ("Adam", {"learning_rate": 0.01, "gradient_accumulation_steps": 2}),
    ("SGD", {"learning_rate": 0.1, "use_ema": True, "ema_momentum": 0.9}),
    ("Adam", {"learning_rate": 0.01, "use_ema": True, "ema_momentum": 0.8}),
]
SCHEDULES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5}),
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5, "staircase": True}),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 2, "decay_rate": 0.5}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "alpha": 0.1}),
    ("CosineDecay", {"initial_learning_rate": 0.0, "decay_steps": 4, "warmup_target": 0.1, "warmup_steps": 2}),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 4, "end_learning_rate": 0.01, "power": 2.0}),
    ("PiecewiseConstantDecay", {"boundaries": [1, 3], "values": [0.1, 0.05, 0.01]}),
]


def case(klass, config):
    rng = rng_for("optimizers")
    initial = {n: normal(rng, s) for n, s in SHAPES.items()}
    grads = [{n: normal(rng, s) for n, s in SHAPES.items()} for _ in range(STEPS)]
    keras.utils.clear_session()
    variables = [keras.Variable(v, name=n) for n, v in initial.items()]
    optimizer = getattr(keras.optimizers, klass)(**config)
    optimizer.build(variables)
    after, averages = [], []
    for step in grads:
        optimizer.apply([jnp.asarray(step[n]) for n in SHAPES], variables)
        after.append(tensors([v.value for v in variables], SHAPES))
        if config.get("use_ema"):
            averages.append(tensors([v.value for v in optimizer._model_variables_moving_average], SHAPES))
    out = {
        "name": " ".join([klass] + [f"{k}={v}" for k, v in config.items()]),
        "class": klass, "config": full_config(optimizer),
        "initial": tensors(initial.values(), initial.keys()),
        "grads": [tensors(g.values(), g.keys()) for g in grads],
        "after": after,
    }
    if averages:
        optimizer.finalize_variable_values(variables)
        out["averages"] = averages
        out["final"] = tensors([v.value for v in variables], SHAPES)
    return out


def full_config(optimizer):
    """Every constructor argument, defaults included; null ones left out."""
    config = {k: v for k, v in optimizer.get_config().items() if v is not None}
    for key in ("name", "loss_scale_factor"):
        config.pop(key, None)
    config["learning_rate"] = digits(config["learning_rate"])
    return config


def schedule_case(klass, config):
    schedule = getattr(keras.optimizers.schedules, klass)(**config)
    return {
        "name": " ".join([klass] + [f"{k}={v}" for k, v in config.items()]),
        "class": klass, "config": config,
        "learning_rates": [digits(schedule(jnp.asarray(step, dtype=float))) for step in range(7)],
    }


if __name__ == "__main__":
    write("optimizers.json", [case(k, c) for k, c in CONFIGS])
    write("schedules.json", [schedule_case(k, c) for k, c in SCHEDULES])
