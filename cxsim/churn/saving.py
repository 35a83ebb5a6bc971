"""Models on disk, with where they come from. A file from elsewhere cannot run code: types are trusted here by name."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from os import PathLike
from pathlib import Path
from typing import Any, Final

import numpy as np

from cxsim.churn.cells import Form
from cxsim.churn.columns import Column
from cxsim.churn.hazard import HazardModel
from cxsim.churn.model import METHODS, ChurnModel, Member
from cxsim.errors import InputError, shown

__all__ = ["load", "save"]

SCHEMA: Final = 1
HAZARD: Final = "hazard"
# what our own models hold beyond what skops trusts by itself; never what a file asks for
TRUSTED: Final = (
    "sklearn._loss.link.Interval",
    "sklearn._loss.link.LogitLink",
    "sklearn._loss.loss.HalfBinomialLoss",
    "sklearn._loss._loss.CyHalfBinomialLoss",
    "sklearn.compose._column_transformer._RemainderColsList",
    "sklearn.ensemble._hist_gradient_boosting.binning._BinMapper",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "scipy.interpolate._bsplines.BSpline",
    "scipy._lib.array_api_compat.numpy._aliases.asarray",  # a spline holds it; it makes arrays of numbers
    "numpy.dtype",
    # of scikit-learn's own classifiers: numbers and arrays, whose methods run nothing that a file names
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._SigmoidCalibration",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)
LARGEST: Final = 512 * 1024 * 1024  # bytes of a model, unpacked


def save(model: ChurnModel | HazardModel, path: str | PathLike[str], *, command: str = "") -> None:
    """Write a model.

    Parameters
    ----------
    model : ChurnModel or HazardModel
        Fitted.
    path : str or PathLike
        Ends in .skops.
    command : str
        What makes it again, if it was made on a command line.

    Raises
    ------
    InputError
        If the model is not fitted, or holds a type that `load` would refuse; the path ends otherwise, or there is no
        such folder.

    Notes
    -----
    Written under a temporary name and then put in place.
    """
    import sklearn
    import skops.io

    from cxsim import __version__

    place = _place(path)
    if not isinstance(model, HazardModel) and not (isinstance(model, ChurnModel) and hasattr(model, "members_")):
        raise InputError(["save: the model is not a fitted churn model"])
    if not place.parent.is_dir():
        raise InputError([f"{place.parent}: no such folder"])
    spec = {"schema": SCHEMA, "version": __version__, "sklearn": sklearn.__version__, "command": command}
    spec |= _curve_spec(model) if isinstance(model, HazardModel) else _spec(model)
    whole = {
        "cxsim churn model": json.dumps(spec, ensure_ascii=False),
        "pipelines": [model.pipeline] if isinstance(model, HazardModel) else [m.pipeline for m in model.members_],
    }
    packed = skops.io.dumps(whole)
    strange = sorted(set(skops.io.get_untrusted_types(data=packed)) - set(TRUSTED))
    if strange:
        told = f"no file is trusted with {', '.join(strange[:5])}, so that it could not be loaded again"
        raise InputError([f"{place}: not saved; {told}. The model can be used as it is"])
    handle, draft = tempfile.mkstemp(dir=place.parent, prefix=f".{place.stem}.", suffix=".part")
    os.close(handle)
    try:
        Path(draft).write_bytes(packed)
        os.chmod(draft, 0o644)
        os.replace(draft, place)
    finally:
        Path(draft).unlink(missing_ok=True)


def _spec(model: ChurnModel) -> dict[str, Any]:
    return {
        "method": model.method if isinstance(model.method, str) else None,
        "seed": model.seed,
        "columns": [[c.name, c.kind, c.typical] for c in model.columns_],
        "learned": [_learned(c) for c in model.columns_],
        "given": list(map(str, model.feature_names_in_)),
        "left_out": dict(model.left_out_),
        "members": [[m.name, m.weight] for m in model.members_],
        "intercept": model.intercept_,
        "shift": model.shift_,
        "origin": dict(model.origin_),
    }


def _curve_spec(model: HazardModel) -> dict[str, Any]:
    columns, learned = [[c.name, c.kind, c.typical] for c in model.columns], [_learned(c) for c in model.columns]
    return {
        "kind": HAZARD,
        "columns": columns,
        "learned": learned,
        "months": model.months,
        "origin": dict(model.origin),
    }


def load(path: str | PathLike[str]) -> ChurnModel | HazardModel:
    """Read a model that `save` wrote.

    Parameters
    ----------
    path : str or PathLike

    Returns
    -------
    ChurnModel or HazardModel
        Whichever was saved.

    Raises
    ------
    InputError
        If the file is missing, no churn model, from another schema, or holds a type that is not trusted; then nothing
        of it has been run.

    Warns
    -----
    UserWarning
        If it was written by another version of cxsim or of scikit-learn: its numbers may then differ.
    """
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    place = _place(path)
    if not place.is_file():
        raise InputError([f"{place}: no such file"])
    strange: list[str] = []
    try:
        with zipfile.ZipFile(place) as packed:
            if sum(entry.file_size for entry in packed.infolist()) > LARGEST:
                raise InputError([f"{place}: unpacks to more than {LARGEST // 2**20} MB; no churn model is that large"])
        asked = skops.io.get_untrusted_types(file=place)
        strange = sorted(set(asked) - set(TRUSTED))
        if not strange:
            whole = skops.io.load(place, trusted=[kind for kind in asked if kind in TRUSTED])
            return _model(whole, place)
    except InputError:
        raise
    except UntrustedTypesFoundException as fault:
        raise InputError([f"{place}: not loaded, for it would run code that is not trusted: {fault}"]) from fault
    except Exception as fault:
        # whatever a broken or foreign file makes the reader say
        told = str(fault).splitlines()[0][:200] if str(fault) else type(fault).__name__
        raise InputError([f"{place}: not a churn model ({told})"]) from fault
    raise InputError([f"{place}: not loaded, for it would run code that is not trusted: {', '.join(strange[:5])}"])


def _place(path: str | PathLike[str]) -> Path:
    place = Path(path)
    if place.suffix != ".skops":
        raise InputError([f"{place}: a model's file ends in .skops"])
    return place


def _warn_of_versions(spec: dict[str, Any], place: Path) -> None:
    """Say that others wrote the model, if they did: scikit-learn promises nothing across versions."""
    import warnings

    import sklearn

    from cxsim import __version__

    here = {"cxsim": __version__, "scikit-learn": sklearn.__version__}
    then = {"cxsim": spec.get("version"), "scikit-learn": spec.get("sklearn")}
    other = [f"{name} {then[name]} (here {here[name]})" for name in here if then[name] != here[name]]
    if other:
        told = f"{place}: written with {' and '.join(other)}; what it says may differ, fit it again to be sure"
        warnings.warn(told, stacklevel=4)


def _own(pipeline: Any) -> Any:
    """Somebody's own classifier, as it was before it was fitted."""
    from sklearn.base import clone

    return clone(pipeline[-1])


def _learned(column: Column) -> dict[str, Any]:
    """What is kept of a column beyond its name, kind and typical value."""
    form, (low, high) = column.form, (column.low, column.high)
    return {
        "form": [form.decimal, form.thousands, form.mark], "range": [low, high] if low == low else None,
        "words": list(column.words), "blank": column.blank, "usual": list(column.usual),
    }  # fmt: skip


def _column(name: str, kind: str, typical: Any, more: dict[str, Any]) -> Column:
    if not more:  # of a version that knew no more
        return Column(str(name), str(kind), typical)
    low, high = more["range"] or (float("nan"), float("nan"))
    words, usual = tuple(map(str, more["words"])), tuple(more["usual"])
    return Column(
        str(name), str(kind), typical, Form(*map(str, more["form"])), float(low), float(high), words,
        bool(more["blank"]), usual,
    )  # fmt: skip


def _columns(spec: dict[str, Any]) -> tuple[Column, ...]:
    learned = spec.get("learned", [{}] * len(spec["columns"]))
    return tuple(_column(n, k, t, more) for (n, k, t), more in zip(spec["columns"], learned, strict=True))


def _model(whole: Any, place: Path) -> ChurnModel | HazardModel:
    spec = json.loads(whole["cxsim churn model"])
    if spec["schema"] != SCHEMA:
        raise InputError([f"{place}: the model has schema {shown(spec['schema'])}, and this version reads {SCHEMA}"])
    _warn_of_versions(spec, place)
    pipelines = whole["pipelines"]
    origin = {**spec["origin"], "version": spec["version"], "command": spec["command"]}
    if spec.get("kind") == HAZARD:
        return HazardModel(_columns(spec), int(spec["months"]), pipelines[0], origin)
    method = spec["method"] if spec["method"] in METHODS else _own(pipelines[0])
    model = ChurnModel(method, seed=int(spec["seed"]))
    model.columns_ = _columns(spec)
    model.feature_names_in_ = np.array(spec.get("given", [c.name for c in model.columns_]), dtype=object)
    model.n_features_in_ = len(model.feature_names_in_)
    model.left_out_ = {str(name): str(why) for name, why in spec["left_out"].items()}
    model.members_ = tuple(
        Member(str(name), pipeline, float(weight))
        for (name, weight), pipeline in zip(spec["members"], pipelines, strict=True)
    )
    model.intercept_, model.shift_ = float(spec["intercept"]), float(spec.get("shift", 0.0))
    model.classes_ = np.array([0, 1])
    model.origin_ = origin
    return model
