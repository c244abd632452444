"""The mark on the function that is a module's model."""

#: Name of the attribute; its value are the names of the two classes, or nothing for a model that answers with a number.
PREDICTOR_MARK = "__lamplighter_predictor__"
