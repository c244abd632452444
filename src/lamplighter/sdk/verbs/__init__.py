"""Every verb and question of the platform, typed, once: a file for each heading. `interface` puts them together."""
