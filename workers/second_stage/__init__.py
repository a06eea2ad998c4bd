"""A second opinion on abuse, asked only where the first stage is in doubt.

Rule: importing this package costs nothing; onnxruntime and the model are loaded by `load_second_stage`.
"""

from workers.second_stage.agreement import joined
from workers.second_stage.header import SecondStageDamaged, SecondStageMissing
from workers.second_stage.scorer import SecondStage, load_second_stage

__all__ = ["SecondStage", "SecondStageDamaged", "SecondStageMissing", "joined", "load_second_stage"]
