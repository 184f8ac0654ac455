i_admissions * 1000
