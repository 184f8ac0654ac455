# One month of responses to ten questions, from 6,300 practices, with a weight each. Set n, month (2024-07) and seed.
BEGIN {
  srand(seed)
  split("A B C D E F G H J K L M N P R S Z", ethnicity, " ")
  split("app web sms paper phone face-to-face", mode, " ")
  split("f m i", sex, " ")
  printf "id,date,practice,mode,age,sex,ethnicity,imd,weight"
  for (i = 1; i <= 10; i++) printf ",q%d", i
  print ""
  for (row = 1; row <= n; row++) {
    imd = 1 + int(rand() * 10)
    printf "%s-%d,%s-%02d,P%05d,%s,%d,%s,%s,%d,%.6f", month, row, month, 1 + int(rand() * 28), rand() * 6300, mode[1 + int(rand() * 6)],
      int(rand() * 95), sex[1 + int(rand() * 3)], ethnicity[1 + int(rand() * 17)], imd, 0.2 + rand() * 2
    for (i = 1; i <= 10; i++) {
      v = int(1 + imd / 5 + rand() * 3)
      # Three answers of a hundred are missing.
      if (rand() < 0.03) printf ","; else printf ",%d", (v > 5 ? 5 : v)
    }
    print ""
  }
}
