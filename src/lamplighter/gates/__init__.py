"""Gates: each file is one question that a version must answer before it may go on."""
