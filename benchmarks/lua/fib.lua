local function fib(size)
  if size < 2 then return size end
  return fib(size - 1) + fib(size - 2)
end

return fib
