"""Pages of imports: uploads and their mapping, running and ended imports, and presets."""
