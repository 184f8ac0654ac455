# One row an operation: twelve answers before and twelve after.
BEGIN {
  srand(7)
  printf "id,provider,before,after,age,sex,imd"
  for (i = 1; i <= 12; i++) printf ",b%d", i
  for (i = 1; i <= 12; i++) printf ",a%d", i
  print ""
  for (row = 1; row <= n; row++) {
    month = int(rand() * 12) + 1
    printf "%d,P%03d,2024-%02d-%02d,2025-%02d-%02d,%d,%d,%d", row, rand() * 280, month, 1 + int(rand() * 28), (month + 6) % 12 + 1, 1 + int(rand() * 28), 40 + int(rand() * 50), 1 + int(rand() * 2), 1 + int(rand() * 10)
    level = rand() * 2
    for (i = 1; i <= 12; i++) printf ",%d", int(level + rand() * 2)
    level = level + rand() * 2 - 0.3
    for (i = 1; i <= 12; i++) { v = int(level + rand() * 1.5); if (v > 4) v = 4; if (v < 0) v = 0; printf ",%d", v }
    print ""
  }
}
