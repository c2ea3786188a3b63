"""Ts-Immo, simulated from its published REST reference: fifteen operations below `/ts-immo/v1`."""

from portal.sandbox.ts_immo.system import TsImmo

__all__ = ["TsImmo"]
