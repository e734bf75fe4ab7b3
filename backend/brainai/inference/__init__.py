"""Study -> Prediction."""
