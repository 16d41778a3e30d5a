"""A peephole LSTM layer in TorchScript, as a PyTorch user would write it, because nn.LSTM has no peepholes.

The equations are those of Sources/Networks/Layers/Recurrent/LSTM.swift. The input projection of all steps is one product, and so are the gates of a step.
"""
from typing import List

import torch
from torch import Tensor


class PeepholeLSTM(torch.nn.Module):
    def __init__(self, inputs: int, cells: int):
        super().__init__()
        limit = cells**-0.5
        uniform = lambda *shape: torch.nn.Parameter(torch.empty(*shape).uniform_(-limit, limit))
        self.from_input, self.from_hidden = uniform(inputs, 4 * cells), uniform(cells, 4 * cells)
        self.bias = torch.nn.Parameter(torch.zeros(4 * cells))
        self.to_input, self.to_forget, self.to_output = uniform(cells), uniform(cells), uniform(cells)
        self.cells = cells

    def forward(self, x: Tensor) -> Tensor:
        """x: steps × batch × inputs; returns steps × batch × cells."""
        steps, batch, inputs = x.shape
        drive = torch.addmm(self.bias, x.reshape(steps * batch, inputs), self.from_input).view(steps, batch, 4 * self.cells)
        hidden = x.new_zeros(batch, self.cells)
        cell = x.new_zeros(batch, self.cells)
        outputs: List[Tensor] = []
        for now in drive.unbind(0):
            i, f, z, o = torch.addmm(now, hidden, self.from_hidden).chunk(4, dim=1)
            i = torch.sigmoid(torch.addcmul(i, self.to_input, cell))
            f = torch.sigmoid(torch.addcmul(f, self.to_forget, cell))
            cell = f * cell + i * torch.tanh(z)
            o = torch.sigmoid(torch.addcmul(o, self.to_output, cell))
            hidden = o * torch.tanh(cell)
            outputs.append(hidden)
        return torch.stack(outputs)


def scripted(inputs, cells):
    return torch.jit.script(PeepholeLSTM(inputs, cells))
