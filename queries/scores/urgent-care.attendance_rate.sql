i_attendances * 1000
