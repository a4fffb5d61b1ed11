"""
The gradient of <seed, output> by the input of a network with seeded random weights, by PyTorch's autograd.

    python3 sensitivity.py MODEL OPSET BATCH directory

MODEL is one of MODELS. It is written into the directory as model.onnx, batch norms in evaluation mode with the
statistics of a batch of noise, and beside it

    input.npy     [BATCH, ...]  what it is given
    seed.npy      [BATCH, c]    what its output is multiplied with
    gradient.npy  [BATCH, ...]  the gradient by the input, of a model of tokens by what its embedding gives, in
                                double precision
    own.npy       [BATCH]       how far single precision is off that, for each example relative to its largest gradient

Then it answers how long forward and backward take in single precision; and, asked with signs, writes the gradient
that it comes to where the derivatives of kinked functions are those that the file signs tells.
"""

import sys
from pathlib import Path

import numpy as np

from serve import seconds_of, serve, torch_on_all_cores

torch = torch_on_all_cores()
import torchvision  # noqa: E402
from torch import nn  # noqa: E402

WORDS = 1000


class Text(nn.Module):
    """Tokens, what their embedding gives, and the rest of the model."""

    shape = (40,)

    def __init__(self, d):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, d)

    def forward(self, ids):
        return self.rest(self.embedding(ids))


class Bert(Text):
    def __init__(self, d=128, layers=4):
        super().__init__(d)
        self.position = nn.Embedding(self.shape[0], d)
        self.norm = nn.LayerNorm(d)
        layer = nn.TransformerEncoderLayer(d, 4, 4 * d, 0.0, "gelu", batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.pool = nn.Linear(d, d)
        self.head = nn.Linear(d, 10)

    def rest(self, x):
        x = self.encoder(self.norm(x + self.position(torch.arange(x.shape[1]))))
        return self.head(torch.tanh(self.pool(x[:, 0])))


class Recurrent(Text):
    def __init__(self, kind, d=64, hidden=96, **options):
        super().__init__(d)
        self.layer = kind(d, hidden, batch_first=True, **options)
        self.head = nn.Linear(hidden * (2 if self.layer.bidirectional else 1), 10)

    def rest(self, x):
        return self.head(self.layer(x)[0].mean(1))


class Picture(nn.Module):
    def __init__(self, model, size=224):
        super().__init__()
        self.model = model
        self.shape = (3, size, size)

    def forward(self, x):
        return self.model(x)


def vit():
    model = torchvision.models.VisionTransformer(64, 8, 3, 4, 96, 192, num_classes=10)
    nn.init.normal_(model.heads.head.weight, std=0.1)
    return Picture(model, 64)


def of_torchvision(name):
    return lambda: Picture(getattr(torchvision.models, name)(weights=None))


MODELS = {
    **{
        name: of_torchvision(name)
        for name in ("resnet18", "vgg11_bn", "mobilenet_v2", "densenet121", "efficientnet_b0", "convnext_tiny")
    },
    "vit": vit,
    "bert": Bert,
    "lstm": lambda: Recurrent(nn.LSTM),
    "bilstm": lambda: Recurrent(nn.LSTM, bidirectional=True, num_layers=2),
    "gru": lambda: Recurrent(nn.GRU),
}


def evaluated(model, x):
    """In evaluation mode, its batch norms as they would be after training."""
    norms = [module for module in model.eval().modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = 1.0
        norm.train()
    with torch.no_grad():
        model(x)
    # What attention does where it is not being trained cannot be exported; there is no dropout in these models.
    for module in model.eval().modules():
        if isinstance(module, (nn.MultiheadAttention, nn.TransformerEncoderLayer)):
            module.training = True
    return model.requires_grad_(False)


def gradient(model, x, seed):
    by = (model.embedding(x) if isinstance(model, Text) else x).detach().requires_grad_()
    output = model.rest(by) if isinstance(model, Text) else model(by)
    return torch.autograd.grad(output, by, seed)[0]


def mode_of(model):
    """Evaluation, which folds batch norms into convolutions, unless modes differ."""
    differ = any(module.training for module in model.modules())
    return torch.onnx.TrainingMode.PRESERVE if differ else torch.onnx.TrainingMode.EVAL


torch.manual_seed(1)
NAME, OPSET, BATCH, OUT = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
MODEL = MODELS[NAME]()
IS_TEXT = isinstance(MODEL, Text)
X = torch.randint(0, WORDS, (BATCH, *MODEL.shape)) if IS_TEXT else torch.randn(BATCH, *MODEL.shape)
MODEL = evaluated(MODEL, X)
torch.onnx.export(
    MODEL, X, str(OUT / "model.onnx"), opset_version=OPSET, input_names=["input"], output_names=["output"],
    dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}}, training=mode_of(MODEL),
)
with torch.no_grad():
    SEED = torch.randn(MODEL(X).shape)
SINGLE = gradient(MODEL, X, SEED).double()
MODEL = MODEL.double()
DOUBLE = gradient(MODEL, X if IS_TEXT else X.double(), SEED.double())
MODEL = MODEL.float()
OWN = (SINGLE - DOUBLE).abs().flatten(1).amax(1) / DOUBLE.abs().flatten(1).amax(1)
for name, array in {"input": X, "seed": SEED, "gradient": DOUBLE, "own": OWN}.items():
    np.save(OUT / f"{name}.npy", array.numpy())


class Signs:
    """What a kinked function gives, with a derivative that is 1 where `signs` says so."""

    def __init__(self, signs):
        self.left = signs

    def __call__(self, function):
        def kinked(x, *args, **kwargs):
            signs, self.left = np.split(self.left, [x.numel()])
            is_one = torch.from_numpy(signs.reshape(x.shape)).to(x.dtype)
            return function(x.detach().clone(), *args) + (x - x.detach()) * is_one

        return kinked


def write_by_signs():
    """by-signs.npy: the gradient in double precision with the signs of another computation, one byte each."""
    functional = nn.functional
    kept = functional.relu, functional.hardtanh
    signs = Signs(np.fromfile(OUT / "signs", np.uint8))
    functional.relu, functional.hardtanh = map(signs, kept)
    found = gradient(MODEL.double(), X if IS_TEXT else X.double(), SEED.double())
    functional.relu, functional.hardtanh = kept
    MODEL.float()
    assert len(signs.left) == 0, "signs of another model"
    np.save(OUT / "by-signs.npy", found.numpy())


def measure(repeats=3, signs=False):
    if signs:
        write_by_signs()
        return {}
    return {"seconds": [seconds_of(lambda: gradient(MODEL, X, SEED)) for _ in range(repeats)]}


serve(measure)
