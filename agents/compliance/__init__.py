"""The compliance view of a review: what it shows for the EU AI Act, NIST AI RMF and ISO/IEC 42001."""
