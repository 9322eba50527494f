;; mandelbrot: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result i64)))
  (func (;0;) (type 0) (param i64) (result i64)
    (local i64 f64 i64 f64 i64 f64 f64 i32 f64 f64 f64 i32)
    block  ;; label = @1
      block  ;; label = @2
        local.get 0
        i64.const 1
        i64.ge_s
        br_if 0 (;@2;)
        i64.const 0
        local.set 1
        br 1 (;@1;)
      end
      f64.const 0x1.4p+1 (;=2.5;)
      local.get 0
      f64.convert_i64_s
      f64.div
      local.set 2
      i64.const 0
      local.set 1
      i64.const 0
      local.set 3
      loop  ;; label = @2
        local.get 2
        local.get 3
        f64.convert_i64_s
        f64.mul
        f64.const -0x1.4p+0 (;=-1.25;)
        f64.add
        local.set 4
        i64.const 0
        local.set 5
        loop  ;; label = @3
          local.get 2
          local.get 5
          f64.convert_i64_s
          f64.mul
          f64.const -0x1p+1 (;=-2;)
          f64.add
          local.set 6
          f64.const 0x0p+0 (;=0;)
          local.set 7
          i32.const 0
          local.set 8
          f64.const 0x0p+0 (;=0;)
          local.set 9
          f64.const 0x0p+0 (;=0;)
          local.set 10
          f64.const 0x0p+0 (;=0;)
          local.set 11
          block  ;; label = @4
            loop  ;; label = @5
              local.get 9
              local.get 7
              f64.sub
              local.set 9
              local.get 1
              i64.const 1
              i64.add
              local.set 1
              local.get 4
              local.get 11
              local.get 10
              f64.mul
              local.tee 10
              local.get 10
              f64.add
              f64.add
              local.tee 10
              local.get 10
              f64.mul
              local.tee 7
              local.get 6
              local.get 9
              f64.add
              local.tee 11
              local.get 11
              f64.mul
              local.tee 9
              f64.add
              f64.const 0x1p+2 (;=4;)
              f64.gt
              br_if 1 (;@4;)
              local.get 8
              i32.const 49
              i32.lt_u
              local.set 12
              local.get 8
              i32.const 1
              i32.add
              local.set 8
              local.get 11
              local.set 11
              local.get 12
              br_if 0 (;@5;)
            end
          end
          local.get 5
          i64.const 1
          i64.add
          local.tee 5
          local.get 0
          i64.ne
          br_if 0 (;@3;)
        end
        local.get 3
        i64.const 1
        i64.add
        local.tee 3
        local.get 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    local.get 1)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049600))
  (export "memory" (memory 0))
  (export "mandelbrot" (func 0)))
