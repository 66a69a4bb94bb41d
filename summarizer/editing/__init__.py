"""What may stand of what a model wrote: judged, chosen, and where need be written again or taken from the article."""
