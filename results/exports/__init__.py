"""Files for other programs: workbook and layers for GIS."""
