"""
The rate of a large float32 matrix product by PyTorch, in operations a second.

    python3 matrix_product.py EDGE
"""

import sys

from serve import seconds_of, serve, torch_on_all_cores

torch = torch_on_all_cores()
EDGE = int(sys.argv[1])
A, B = torch.randn(EDGE, EDGE), torch.randn(EDGE, EDGE)


def measure():
    return {"rate": 2 * EDGE**3 / seconds_of(lambda: torch.mm(A, B))}


measure()
serve(measure)
