"""What both sites look like: base templates, design system, components and middleware; no models."""
