"""Where a frozen fabricfinder begins: its worker processes first, then the program."""

import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.freeze_support()  # a worker of this bundle ends here
    from fabricfinder.__main__ import main

    sys.exit(main())
