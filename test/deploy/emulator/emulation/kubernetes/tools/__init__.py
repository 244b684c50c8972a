"""Programs that run in the place of a layer's."""
