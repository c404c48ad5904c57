"""Loads weights that `analyze pytorch` wrote as docs/analyze.md says, and prints the logits of one trial."""

import math
import sys

import torch
from safetensors.torch import load_file

state = load_file(sys.argv[1])
part = lambda name: {key.removeprefix(name): value for key, value in state.items() if key.startswith(name)}
units, inputs = state["rnn.weight_ih_l0"].shape
rnn = torch.nn.RNN(inputs, units, nonlinearity="relu", batch_first=True)
rnn.load_state_dict(part("rnn."))
readout = torch.nn.Linear(units, state["readout.weight"].shape[0])
readout.load_state_dict(part("readout."))

trial = [[math.sin((step * 7 + index * 3) * 0.37) for index in range(inputs)] for step in range(50)]
with torch.no_grad():
    logits = readout(rnn(torch.tensor([trial]))[0][:, -1])
print(*logits[0].tolist())
