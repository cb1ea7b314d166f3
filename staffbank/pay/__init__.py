"""Rates, recharge, VAT and the pay floor: pure rules, effective-dated, each with its source."""
