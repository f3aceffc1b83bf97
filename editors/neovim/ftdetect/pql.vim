autocmd BufRead,BufNewFile *.pql setfiletype pql
