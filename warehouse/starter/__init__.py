"""A project to begin with: what `crossfoot init` writes, as files (templates/), what a country
usually takes (country_settings.csv) and real figures for an example (examples.csv).
"""
