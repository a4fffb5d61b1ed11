"""
Trains the network of examples/mnist on labels of which some are wrong, and writes what its last layer sees and says
of the examples that it was trained on:

    python3 noisy_network.py labels.npy PASSES features.npy logits.npy

The labels are of the first pictures of MNIST. After few passes the network has learnt what labels have in common,
after many the wrong ones too.
"""

import sys
from pathlib import Path

import numpy as np

from serve import seconds_of, serve, torch_on_all_cores

sys.path.append(str(Path(__file__).resolve().parents[2] / "examples" / "mnist"))
import train as mnist

torch = torch_on_all_cores()
LABELS = np.load(sys.argv[1])
PASSES = int(sys.argv[2])
FEATURES, LOGITS = sys.argv[3:5]

BATCH = 64
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 1e-4


def fit(net, images, labels):
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=WEIGHT_DECAY)
    steps = -(-len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, epochs=PASSES, steps_per_epoch=steps
    )
    for _ in range(PASSES):
        for rows in torch.randperm(len(images)).split(BATCH):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(net(images[rows]), labels[rows]).backward()
            optimizer.step()
            schedule.step()


def measure():
    torch.manual_seed(mnist.SEED)
    images = mnist.load("train")[0][: len(LABELS)]
    labels = torch.from_numpy(LABELS.astype(np.int64))
    net = mnist.Net()
    seconds = seconds_of(lambda: fit(net, images, labels))
    features = []
    net.head.register_forward_pre_hook(lambda _, inputs: features.append(inputs[0]))
    with torch.no_grad():
        logits = torch.cat([net(batch) for batch in images.split(500)])
    np.save(FEATURES, torch.cat(features).numpy())
    np.save(LOGITS, logits.numpy())
    return {"seconds": seconds, "fitted": (logits.argmax(1) == labels).double().mean().item()}


serve(measure)
