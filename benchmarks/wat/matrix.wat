;; matrix: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result f64)))
  (func (;0;) (type 0) (param i64) (result f64)
    (local i32 i32 i32 i32 f64 i32 i32 i32 i32 i64 i32 i64 i64 i64 i64 i64 i32 i64 i32 i32 i32 i64 i64)
    i32.const 0
    i32.const 0
    i32.load offset=1024
    local.tee 1
    i32.const 1049616
    local.get 1
    select
    local.tee 2
    local.get 0
    local.get 0
    i64.mul
    i32.wrap_i64
    local.tee 3
    i32.const 24
    i32.mul
    i32.const 15
    i32.add
    i32.const -16
    i32.and
    i32.add
    local.tee 1
    i32.store offset=1024
    block  ;; label = @1
      local.get 1
      i32.const 65535
      i32.add
      i32.const 16
      i32.shr_u
      local.tee 1
      memory.size
      local.tee 4
      i32.le_u
      br_if 0 (;@1;)
      local.get 1
      local.get 4
      i32.sub
      memory.grow
      drop
    end
    f64.const 0x0p+0 (;=0;)
    local.set 5
    block  ;; label = @1
      local.get 0
      i64.const 1
      i64.lt_s
      br_if 0 (;@1;)
      local.get 2
      local.get 3
      i32.const 3
      i32.shl
      local.tee 4
      i32.add
      local.tee 6
      local.get 4
      i32.add
      local.set 7
      local.get 0
      i32.wrap_i64
      local.tee 8
      i32.const 3
      i32.shl
      local.set 9
      i64.const 0
      local.set 10
      local.get 2
      local.set 11
      i64.const 0
      local.set 12
      loop  ;; label = @2
        local.get 10
        local.set 13
        local.get 11
        local.set 1
        local.get 0
        local.set 14
        local.get 12
        local.set 15
        loop  ;; label = @3
          local.get 1
          local.get 13
          local.get 13
          i64.const 7
          i64.div_u
          i64.const 7
          i64.mul
          i64.sub
          f64.convert_i64_s
          f64.const 0x1p-1 (;=0.5;)
          f64.add
          f64.store
          local.get 1
          local.get 4
          i32.add
          local.get 15
          local.get 15
          i64.const 5
          i64.div_u
          i64.const 5
          i64.mul
          i64.sub
          f64.convert_i64_s
          f64.const -0x1.4p+0 (;=-1.25;)
          f64.add
          f64.store
          local.get 13
          i64.const 1
          i64.add
          local.set 13
          local.get 1
          i32.const 8
          i32.add
          local.set 1
          local.get 15
          i64.const 2
          i64.add
          local.set 15
          local.get 14
          i64.const -1
          i64.add
          local.tee 14
          i64.eqz
          i32.eqz
          br_if 0 (;@3;)
        end
        local.get 10
        i64.const 3
        i64.add
        local.set 10
        local.get 11
        local.get 9
        i32.add
        local.set 11
        local.get 12
        i64.const 1
        i64.add
        local.tee 12
        local.get 0
        i64.ne
        br_if 0 (;@2;)
      end
      local.get 0
      i64.const 1
      i64.lt_s
      br_if 0 (;@1;)
      local.get 0
      i64.const -2
      i64.and
      local.set 15
      local.get 0
      i64.const 1
      i64.and
      local.set 12
      local.get 0
      i64.const -1
      i64.add
      local.set 16
      local.get 8
      i32.const 4
      i32.shl
      local.set 9
      local.get 2
      local.get 3
      i32.const 3
      i32.shl
      i32.add
      local.set 17
      local.get 8
      i32.const 3
      i32.shl
      local.set 11
      i64.const 0
      local.set 18
      local.get 2
      local.set 19
      loop  ;; label = @2
        local.get 18
        local.get 0
        i64.mul
        local.set 10
        local.get 17
        local.set 20
        i64.const 0
        local.set 14
        loop  ;; label = @3
          block  ;; label = @4
            block  ;; label = @5
              local.get 16
              i64.eqz
              local.tee 21
              i32.eqz
              br_if 0 (;@5;)
              f64.const 0x0p+0 (;=0;)
              local.set 5
              i64.const 0
              local.set 13
              br 1 (;@4;)
            end
            f64.const 0x0p+0 (;=0;)
            local.set 5
            i64.const 0
            local.set 13
            local.get 20
            local.set 1
            local.get 19
            local.set 4
            loop  ;; label = @5
              local.get 5
              local.get 4
              f64.load
              local.get 1
              f64.load
              f64.mul
              f64.add
              local.get 4
              i32.const 8
              i32.add
              f64.load
              local.get 1
              local.get 11
              i32.add
              f64.load
              f64.mul
              f64.add
              local.set 5
              local.get 1
              local.get 9
              i32.add
              local.set 1
              local.get 4
              i32.const 16
              i32.add
              local.set 4
              local.get 15
              local.get 13
              i64.const 2
              i64.add
              local.tee 13
              i64.ne
              br_if 0 (;@5;)
            end
          end
          block  ;; label = @4
            local.get 12
            i64.eqz
            br_if 0 (;@4;)
            local.get 5
            local.get 2
            local.get 13
            local.get 10
            i64.add
            i32.wrap_i64
            i32.const 3
            i32.shl
            i32.add
            f64.load
            local.get 6
            local.get 13
            local.get 0
            i64.mul
            local.get 14
            i64.add
            i32.wrap_i64
            i32.const 3
            i32.shl
            i32.add
            f64.load
            f64.mul
            f64.add
            local.set 5
          end
          local.get 7
          local.get 14
          local.get 10
          i64.add
          i32.wrap_i64
          i32.const 3
          i32.shl
          i32.add
          local.get 5
          f64.store
          local.get 20
          i32.const 8
          i32.add
          local.set 20
          local.get 14
          i64.const 1
          i64.add
          local.tee 14
          local.get 0
          i64.ne
          br_if 0 (;@3;)
        end
        local.get 19
        local.get 11
        i32.add
        local.set 19
        local.get 18
        i64.const 1
        i64.add
        local.tee 18
        local.get 0
        i64.ne
        br_if 0 (;@2;)
      end
      block  ;; label = @2
        local.get 0
        i64.const 1
        i64.ge_s
        br_if 0 (;@2;)
        f64.const 0x0p+0 (;=0;)
        return
      end
      local.get 0
      i64.const 1
      i64.and
      local.set 22
      local.get 8
      i32.const 3
      i32.shl
      local.set 11
      local.get 2
      local.get 3
      i32.const 4
      i32.shl
      i32.add
      local.set 4
      i64.const 0
      local.get 0
      i64.const -2
      i64.and
      i64.sub
      local.set 12
      f64.const 0x0p+0 (;=0;)
      local.set 5
      i64.const 1
      local.set 18
      i64.const 2
      local.set 23
      i64.const 0
      local.set 16
      loop  ;; label = @2
        block  ;; label = @3
          block  ;; label = @4
            local.get 21
            i32.eqz
            br_if 0 (;@4;)
            i64.const 0
            local.set 13
            br 1 (;@3;)
          end
          i64.const 0
          local.set 10
          local.get 4
          local.set 1
          local.get 16
          local.set 15
          local.get 18
          local.set 13
          local.get 23
          local.set 14
          loop  ;; label = @4
            local.get 5
            local.get 1
            f64.load
            local.get 13
            local.get 15
            i64.const 3
            i64.div_u
            i64.const 3
            i64.mul
            i64.sub
            f64.convert_i64_s
            f64.mul
            f64.add
            local.get 1
            i32.const 8
            i32.add
            f64.load
            local.get 14
            local.get 13
            i64.const 3
            i64.div_u
            i64.const 3
            i64.mul
            i64.sub
            f64.convert_i64_s
            f64.mul
            f64.add
            local.set 5
            local.get 1
            i32.const 16
            i32.add
            local.set 1
            local.get 15
            i64.const 2
            i64.add
            local.set 15
            local.get 13
            i64.const 2
            i64.add
            local.set 13
            local.get 14
            i64.const 2
            i64.add
            local.set 14
            local.get 12
            local.get 10
            i64.const -2
            i64.add
            local.tee 10
            i64.ne
            br_if 0 (;@4;)
          end
          i64.const 0
          local.get 10
          i64.sub
          local.set 13
        end
        block  ;; label = @3
          local.get 22
          i64.eqz
          br_if 0 (;@3;)
          local.get 5
          local.get 7
          local.get 13
          local.get 16
          local.get 0
          i64.mul
          i64.add
          i32.wrap_i64
          i32.const 3
          i32.shl
          i32.add
          f64.load
          local.get 13
          local.get 16
          i64.add
          i64.const 3
          i64.rem_u
          i64.const 1
          i64.add
          f64.convert_i64_s
          f64.mul
          f64.add
          local.set 5
        end
        local.get 4
        local.get 11
        i32.add
        local.set 4
        local.get 18
        i64.const 1
        i64.add
        local.set 18
        local.get 23
        i64.const 1
        i64.add
        local.set 23
        local.get 16
        i64.const 1
        i64.add
        local.tee 16
        local.get 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    local.get 5)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049616))
  (export "memory" (memory 0))
  (export "matrix" (func 0)))
