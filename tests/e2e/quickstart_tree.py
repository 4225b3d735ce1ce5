"""A copy of the tree to start ./quickstart in, so that a quickstart of the developer is left alone."""
import shutil

from harness import ROOT


def copy_of_tree(work, *names):
    tree = work / "tree"
    tree.mkdir()
    for name in names:
        source, target = ROOT / name, tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            shutil.copy2(source, target)
    return tree
