;; strings: benchmarks/c/benchmarks.c by clang -O2, made by benchmarks/wat/generate.py.
(module
  (type (;0;) (func (param i64) (result i64)))
  (func (;0;) (type 0) (param i64) (result i64)
    (local i32 i32 i32 i32 i64 i32 i32 i64 i64 i64 i64 i64 i32 i32 i64 i64 i64 i32 i64 i32 i32 i32 i32)
    global.get 0
    i32.const 32
    i32.sub
    local.set 1
    i32.const 0
    i32.const 0
    i32.load offset=1096
    local.tee 2
    i32.const 1049680
    local.get 2
    select
    local.tee 3
    i32.const 64
    i32.add
    i32.store offset=1096
    block  ;; label = @1
      local.get 3
      i32.const 65599
      i32.add
      i32.const 16
      i32.shr_u
      local.tee 2
      memory.size
      local.tee 4
      i32.le_u
      br_if 0 (;@1;)
      local.get 2
      local.get 4
      i32.sub
      memory.grow
      drop
    end
    i64.const -3750763034362895579
    local.set 5
    block  ;; label = @1
      local.get 0
      i64.const 1
      i64.lt_s
      br_if 0 (;@1;)
      local.get 1
      i32.const 23
      i32.add
      local.set 6
      local.get 1
      i32.const 27
      i32.add
      local.set 7
      i64.const 64
      local.set 8
      i64.const 42
      local.set 9
      i64.const 0
      local.set 10
      i64.const 0
      local.set 11
      loop  ;; label = @2
        local.get 9
        i64.const 1103515245
        i64.mul
        i64.const 12345
        i64.add
        local.tee 12
        i64.const 16
        i64.shr_u
        i64.const 7
        i64.and
        local.tee 9
        i32.wrap_i64
        local.set 13
        block  ;; label = @3
          block  ;; label = @4
            local.get 11
            local.get 9
            i64.add
            i64.const 1
            i64.add
            local.get 8
            i64.gt_s
            br_if 0 (;@4;)
            local.get 3
            local.set 14
            br 1 (;@3;)
          end
          i32.const 0
          i32.const 0
          i32.load offset=1096
          local.tee 2
          i32.const 1049680
          local.get 2
          select
          local.tee 14
          local.get 8
          i32.wrap_i64
          i32.const 1
          i32.shl
          i32.const 15
          i32.add
          i32.const -16
          i32.and
          i32.add
          local.tee 2
          i32.store offset=1096
          block  ;; label = @4
            local.get 2
            i32.const 65535
            i32.add
            i32.const 16
            i32.shr_u
            local.tee 2
            memory.size
            local.tee 4
            i32.le_u
            br_if 0 (;@4;)
            local.get 2
            local.get 4
            i32.sub
            memory.grow
            drop
          end
          block  ;; label = @4
            local.get 11
            i64.const 1
            i64.lt_s
            br_if 0 (;@4;)
            local.get 11
            i64.const 3
            i64.and
            local.set 15
            i64.const 0
            local.set 16
            block  ;; label = @5
              local.get 11
              i64.const -1
              i64.add
              i64.const 3
              i64.lt_u
              br_if 0 (;@5;)
              local.get 11
              i64.const -4
              i64.and
              local.set 17
              i64.const 0
              local.set 16
              i32.const 0
              local.set 2
              loop  ;; label = @6
                local.get 14
                local.get 2
                i32.add
                local.tee 4
                local.get 3
                local.get 2
                i32.add
                local.tee 18
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 1
                i32.add
                local.get 18
                i32.const 1
                i32.add
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 2
                i32.add
                local.get 18
                i32.const 2
                i32.add
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 3
                i32.add
                local.get 18
                i32.const 3
                i32.add
                i32.load8_u
                i32.store8
                local.get 2
                i32.const 4
                i32.add
                local.set 2
                local.get 17
                local.get 16
                i64.const 4
                i64.add
                local.tee 16
                i64.ne
                br_if 0 (;@6;)
              end
            end
            local.get 15
            i64.eqz
            br_if 0 (;@4;)
            local.get 3
            local.get 16
            i32.wrap_i64
            local.tee 4
            i32.add
            local.set 2
            local.get 14
            local.get 4
            i32.add
            local.set 4
            loop  ;; label = @5
              local.get 4
              local.get 2
              i32.load8_u
              i32.store8
              local.get 2
              i32.const 1
              i32.add
              local.set 2
              local.get 4
              i32.const 1
              i32.add
              local.set 4
              local.get 15
              i64.const -1
              i64.add
              local.tee 15
              i64.const 0
              i64.ne
              br_if 0 (;@5;)
            end
          end
          local.get 8
          i64.const 1
          i64.shl
          local.set 8
        end
        local.get 14
        local.get 11
        i32.wrap_i64
        i32.add
        local.get 13
        i32.const 9
        i32.mul
        local.tee 2
        i32.const 1024
        i32.add
        i32.load8_u
        i32.store8
        local.get 11
        i64.const 1
        i64.add
        local.set 19
        block  ;; label = @3
          local.get 9
          i64.eqz
          br_if 0 (;@3;)
          local.get 14
          local.get 19
          i32.wrap_i64
          i32.add
          local.get 2
          i32.const 1025
          i32.add
          i32.load8_u
          i32.store8
          local.get 11
          i64.const 2
          i64.add
          local.set 15
          block  ;; label = @4
            local.get 9
            i64.const 1
            i64.ne
            br_if 0 (;@4;)
            local.get 19
            local.set 11
            local.get 15
            local.set 19
            br 1 (;@3;)
          end
          local.get 14
          local.get 15
          i32.wrap_i64
          i32.add
          local.get 2
          i32.const 1026
          i32.add
          i32.load8_u
          i32.store8
          local.get 11
          i64.const 3
          i64.add
          local.set 19
          block  ;; label = @4
            local.get 9
            i64.const 2
            i64.ne
            br_if 0 (;@4;)
            local.get 15
            local.set 11
            br 1 (;@3;)
          end
          local.get 14
          local.get 19
          i32.wrap_i64
          i32.add
          local.get 2
          i32.const 1027
          i32.add
          i32.load8_u
          i32.store8
          local.get 11
          i64.const 4
          i64.add
          local.set 15
          block  ;; label = @4
            local.get 9
            i64.const 3
            i64.ne
            br_if 0 (;@4;)
            local.get 19
            local.set 11
            local.get 15
            local.set 19
            br 1 (;@3;)
          end
          local.get 14
          local.get 15
          i32.wrap_i64
          i32.add
          local.get 2
          i32.const 1028
          i32.add
          i32.load8_u
          i32.store8
          local.get 11
          i64.const 5
          i64.add
          local.set 19
          block  ;; label = @4
            local.get 9
            i64.const 4
            i64.ne
            br_if 0 (;@4;)
            local.get 15
            local.set 11
            br 1 (;@3;)
          end
          local.get 14
          local.get 19
          i32.wrap_i64
          i32.add
          local.get 2
          i32.const 1029
          i32.add
          i32.load8_u
          i32.store8
          local.get 11
          i64.const 6
          i64.add
          local.set 15
          block  ;; label = @4
            local.get 9
            i64.const 5
            i64.ne
            br_if 0 (;@4;)
            local.get 19
            local.set 11
            local.get 15
            local.set 19
            br 1 (;@3;)
          end
          local.get 14
          local.get 15
          i32.wrap_i64
          i32.add
          local.get 2
          i32.const 1030
          i32.add
          i32.load8_u
          i32.store8
          local.get 11
          i64.const 7
          i64.add
          local.set 16
          block  ;; label = @4
            local.get 9
            i64.const 6
            i64.ne
            br_if 0 (;@4;)
            local.get 15
            local.set 11
            local.get 16
            local.set 19
            br 1 (;@3;)
          end
          local.get 14
          local.get 16
          i32.wrap_i64
          i32.add
          local.get 2
          i32.const 1031
          i32.add
          i32.load8_u
          i32.store8
          local.get 11
          i64.const 8
          i64.add
          local.set 19
          local.get 16
          local.set 11
        end
        local.get 12
        i64.const 2147483647
        i64.and
        local.set 9
        block  ;; label = @3
          block  ;; label = @4
            local.get 19
            local.get 8
            i64.ge_s
            br_if 0 (;@4;)
            local.get 14
            local.set 3
            br 1 (;@3;)
          end
          i32.const 0
          i32.const 0
          i32.load offset=1096
          local.tee 2
          i32.const 1049680
          local.get 2
          select
          local.tee 3
          local.get 8
          i32.wrap_i64
          i32.const 1
          i32.shl
          i32.const 15
          i32.add
          i32.const -16
          i32.and
          i32.add
          local.tee 2
          i32.store offset=1096
          block  ;; label = @4
            local.get 2
            i32.const 65535
            i32.add
            i32.const 16
            i32.shr_u
            local.tee 2
            memory.size
            local.tee 4
            i32.le_u
            br_if 0 (;@4;)
            local.get 2
            local.get 4
            i32.sub
            memory.grow
            drop
          end
          block  ;; label = @4
            local.get 11
            i64.const 0
            i64.lt_s
            br_if 0 (;@4;)
            local.get 11
            i64.const 1
            i64.add
            local.tee 17
            i64.const 3
            i64.and
            local.set 15
            i64.const 0
            local.set 16
            block  ;; label = @5
              local.get 11
              i64.const 3
              i64.lt_u
              br_if 0 (;@5;)
              local.get 17
              i64.const -4
              i64.and
              local.set 17
              i64.const 0
              local.set 16
              i32.const 0
              local.set 2
              loop  ;; label = @6
                local.get 3
                local.get 2
                i32.add
                local.tee 4
                local.get 14
                local.get 2
                i32.add
                local.tee 18
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 1
                i32.add
                local.get 18
                i32.const 1
                i32.add
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 2
                i32.add
                local.get 18
                i32.const 2
                i32.add
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 3
                i32.add
                local.get 18
                i32.const 3
                i32.add
                i32.load8_u
                i32.store8
                local.get 2
                i32.const 4
                i32.add
                local.set 2
                local.get 17
                local.get 16
                i64.const 4
                i64.add
                local.tee 16
                i64.ne
                br_if 0 (;@6;)
              end
            end
            local.get 15
            i64.eqz
            br_if 0 (;@4;)
            local.get 14
            local.get 16
            i32.wrap_i64
            local.tee 4
            i32.add
            local.set 2
            local.get 3
            local.get 4
            i32.add
            local.set 4
            loop  ;; label = @5
              local.get 4
              local.get 2
              i32.load8_u
              i32.store8
              local.get 2
              i32.const 1
              i32.add
              local.set 2
              local.get 4
              i32.const 1
              i32.add
              local.set 4
              local.get 15
              i64.const -1
              i64.add
              local.tee 15
              i64.const 0
              i64.ne
              br_if 0 (;@5;)
            end
          end
          local.get 8
          i64.const 1
          i64.shl
          local.set 8
        end
        local.get 3
        local.get 19
        i32.wrap_i64
        i32.add
        i32.const 32
        i32.store8
        local.get 11
        i64.const 2
        i64.add
        local.set 17
        block  ;; label = @3
          block  ;; label = @4
            local.get 9
            i64.const 1073741823
            i64.le_u
            br_if 0 (;@4;)
            local.get 9
            i64.const -1073741824
            i64.add
            local.set 15
            local.get 3
            local.set 20
            br 1 (;@3;)
          end
          block  ;; label = @4
            block  ;; label = @5
              local.get 17
              local.get 8
              i64.ge_s
              br_if 0 (;@5;)
              local.get 3
              local.set 20
              br 1 (;@4;)
            end
            i32.const 0
            i32.const 0
            i32.load offset=1096
            local.tee 2
            i32.const 1049680
            local.get 2
            select
            local.tee 20
            local.get 8
            i32.wrap_i64
            i32.const 1
            i32.shl
            i32.const 15
            i32.add
            i32.const -16
            i32.and
            i32.add
            local.tee 2
            i32.store offset=1096
            block  ;; label = @5
              local.get 2
              i32.const 65535
              i32.add
              i32.const 16
              i32.shr_u
              local.tee 2
              memory.size
              local.tee 4
              i32.le_u
              br_if 0 (;@5;)
              local.get 2
              local.get 4
              i32.sub
              memory.grow
              drop
            end
            block  ;; label = @5
              local.get 11
              i64.const -1
              i64.lt_s
              br_if 0 (;@5;)
              local.get 17
              i64.const 1
              local.get 17
              i64.const 1
              i64.gt_s
              select
              local.tee 19
              i64.const 3
              i64.and
              local.set 15
              i64.const 0
              local.set 16
              block  ;; label = @6
                local.get 19
                i64.const -1
                i64.add
                i64.const 3
                i64.lt_u
                br_if 0 (;@6;)
                local.get 19
                i64.const 9223372036854775804
                i64.and
                local.set 19
                i64.const 0
                local.set 16
                i32.const 0
                local.set 2
                loop  ;; label = @7
                  local.get 20
                  local.get 2
                  i32.add
                  local.tee 4
                  local.get 3
                  local.get 2
                  i32.add
                  local.tee 18
                  i32.load8_u
                  i32.store8
                  local.get 4
                  i32.const 1
                  i32.add
                  local.get 18
                  i32.const 1
                  i32.add
                  i32.load8_u
                  i32.store8
                  local.get 4
                  i32.const 2
                  i32.add
                  local.get 18
                  i32.const 2
                  i32.add
                  i32.load8_u
                  i32.store8
                  local.get 4
                  i32.const 3
                  i32.add
                  local.get 18
                  i32.const 3
                  i32.add
                  i32.load8_u
                  i32.store8
                  local.get 2
                  i32.const 4
                  i32.add
                  local.set 2
                  local.get 19
                  local.get 16
                  i64.const 4
                  i64.add
                  local.tee 16
                  i64.ne
                  br_if 0 (;@7;)
                end
              end
              local.get 15
              i64.eqz
              br_if 0 (;@5;)
              local.get 3
              local.get 16
              i32.wrap_i64
              local.tee 4
              i32.add
              local.set 2
              local.get 20
              local.get 4
              i32.add
              local.set 4
              loop  ;; label = @6
                local.get 4
                local.get 2
                i32.load8_u
                i32.store8
                local.get 2
                i32.const 1
                i32.add
                local.set 2
                local.get 4
                i32.const 1
                i32.add
                local.set 4
                local.get 15
                i64.const -1
                i64.add
                local.tee 15
                i64.const 0
                i64.ne
                br_if 0 (;@6;)
              end
            end
            local.get 8
            i64.const 1
            i64.shl
            local.set 8
          end
          local.get 20
          local.get 17
          i32.wrap_i64
          i32.add
          i32.const 45
          i32.store8
          i64.const 1073741824
          local.get 9
          i64.sub
          local.set 15
          local.get 11
          i64.const 3
          i64.add
          local.set 17
        end
        i32.const 24
        local.set 2
        i32.const 1
        local.set 4
        local.get 6
        local.set 18
        local.get 7
        local.set 14
        loop  ;; label = @3
          local.get 1
          local.get 2
          local.tee 13
          i32.const -1
          i32.add
          local.tee 2
          i32.add
          local.get 15
          local.get 15
          i64.const 10
          i64.div_s
          local.tee 16
          i64.const 10
          i64.mul
          i64.sub
          i32.wrap_i64
          i32.const 48
          i32.add
          local.tee 21
          i32.store8
          local.get 18
          local.tee 22
          i32.const -1
          i32.add
          local.set 18
          local.get 4
          local.tee 23
          i32.const 1
          i32.add
          local.set 4
          local.get 14
          local.tee 3
          i32.const -1
          i32.add
          local.set 14
          local.get 15
          i64.const 9
          i64.add
          local.set 11
          local.get 16
          local.set 15
          local.get 11
          i64.const 18
          i64.gt_u
          br_if 0 (;@3;)
        end
        block  ;; label = @3
          block  ;; label = @4
            local.get 17
            i32.const 25
            local.get 13
            i32.sub
            i64.extend_i32_u
            local.tee 19
            i64.add
            local.get 8
            i64.gt_s
            br_if 0 (;@4;)
            local.get 20
            local.set 14
            br 1 (;@3;)
          end
          i32.const 0
          i32.const 0
          i32.load offset=1096
          local.tee 2
          i32.const 1049680
          local.get 2
          select
          local.tee 14
          local.get 8
          i32.wrap_i64
          i32.const 1
          i32.shl
          i32.const 15
          i32.add
          i32.const -16
          i32.and
          i32.add
          local.tee 2
          i32.store offset=1096
          block  ;; label = @4
            local.get 2
            i32.const 65535
            i32.add
            i32.const 16
            i32.shr_u
            local.tee 2
            memory.size
            local.tee 4
            i32.le_u
            br_if 0 (;@4;)
            local.get 2
            local.get 4
            i32.sub
            memory.grow
            drop
          end
          block  ;; label = @4
            local.get 17
            i64.const 1
            i64.lt_s
            br_if 0 (;@4;)
            local.get 17
            i64.const 3
            i64.and
            local.set 15
            i64.const 0
            local.set 16
            block  ;; label = @5
              local.get 17
              i64.const -1
              i64.add
              i64.const 3
              i64.lt_u
              br_if 0 (;@5;)
              local.get 17
              i64.const -4
              i64.and
              local.set 11
              i64.const 0
              local.set 16
              i32.const 0
              local.set 2
              loop  ;; label = @6
                local.get 14
                local.get 2
                i32.add
                local.tee 4
                local.get 20
                local.get 2
                i32.add
                local.tee 18
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 1
                i32.add
                local.get 18
                i32.const 1
                i32.add
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 2
                i32.add
                local.get 18
                i32.const 2
                i32.add
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 3
                i32.add
                local.get 18
                i32.const 3
                i32.add
                i32.load8_u
                i32.store8
                local.get 2
                i32.const 4
                i32.add
                local.set 2
                local.get 11
                local.get 16
                i64.const 4
                i64.add
                local.tee 16
                i64.ne
                br_if 0 (;@6;)
              end
            end
            local.get 15
            i64.eqz
            br_if 0 (;@4;)
            local.get 20
            local.get 16
            i32.wrap_i64
            local.tee 4
            i32.add
            local.set 2
            local.get 14
            local.get 4
            i32.add
            local.set 4
            loop  ;; label = @5
              local.get 4
              local.get 2
              i32.load8_u
              i32.store8
              local.get 2
              i32.const 1
              i32.add
              local.set 2
              local.get 4
              i32.const 1
              i32.add
              local.set 4
              local.get 15
              i64.const -1
              i64.add
              local.tee 15
              i64.const 0
              i64.ne
              br_if 0 (;@5;)
            end
          end
          local.get 8
          i64.const 1
          i64.shl
          local.set 8
        end
        block  ;; label = @3
          local.get 13
          i32.const 25
          i32.eq
          br_if 0 (;@3;)
          local.get 14
          local.get 17
          i32.wrap_i64
          i32.add
          local.tee 2
          local.get 21
          i32.store8
          local.get 17
          i64.const 1
          i64.add
          local.set 17
          local.get 13
          i32.const 24
          i32.eq
          br_if 0 (;@3;)
          local.get 19
          i64.const -1
          i64.add
          i64.const 3
          i64.and
          local.set 11
          i64.const 1
          local.set 16
          block  ;; label = @4
            local.get 19
            i64.const -2
            i64.add
            i64.const 3
            i64.lt_u
            br_if 0 (;@4;)
            local.get 2
            i32.const 4
            i32.add
            local.set 2
            i64.const 0
            local.set 15
            i64.const 0
            local.get 23
            i64.extend_i32_u
            i64.const -1
            i64.add
            i64.const -4
            i64.and
            i64.sub
            local.set 16
            loop  ;; label = @5
              local.get 2
              i32.const -3
              i32.add
              local.get 3
              i32.const -3
              i32.add
              i32.load8_u
              i32.store8
              local.get 2
              i32.const -2
              i32.add
              local.get 3
              i32.const -2
              i32.add
              i32.load8_u
              i32.store8
              local.get 2
              i32.const -1
              i32.add
              local.get 3
              i32.const -1
              i32.add
              i32.load8_u
              i32.store8
              local.get 2
              local.get 3
              i32.load8_u
              i32.store8
              local.get 3
              i32.const 4
              i32.add
              local.set 3
              local.get 2
              i32.const 4
              i32.add
              local.set 2
              local.get 16
              local.get 15
              i64.const -4
              i64.add
              local.tee 15
              i64.ne
              br_if 0 (;@5;)
            end
            i64.const 1
            local.get 15
            i64.sub
            local.set 16
            local.get 17
            local.get 15
            i64.sub
            local.set 17
          end
          local.get 11
          i64.eqz
          br_if 0 (;@3;)
          local.get 22
          local.get 16
          i32.wrap_i64
          i32.add
          local.set 2
          local.get 14
          local.get 17
          i32.wrap_i64
          i32.add
          local.set 4
          i32.const 0
          local.get 13
          i32.sub
          i64.extend_i32_u
          i64.const 3
          i64.and
          local.set 15
          loop  ;; label = @4
            local.get 4
            local.get 2
            i32.load8_u
            i32.store8
            local.get 2
            i32.const 1
            i32.add
            local.set 2
            local.get 4
            i32.const 1
            i32.add
            local.set 4
            local.get 17
            i64.const 1
            i64.add
            local.set 17
            local.get 15
            i64.const -1
            i64.add
            local.tee 15
            i64.const 0
            i64.ne
            br_if 0 (;@4;)
          end
        end
        block  ;; label = @3
          block  ;; label = @4
            local.get 17
            local.get 8
            i64.ge_s
            br_if 0 (;@4;)
            local.get 14
            local.set 3
            br 1 (;@3;)
          end
          i32.const 0
          i32.const 0
          i32.load offset=1096
          local.tee 2
          i32.const 1049680
          local.get 2
          select
          local.tee 3
          local.get 8
          i32.wrap_i64
          i32.const 1
          i32.shl
          i32.const 15
          i32.add
          i32.const -16
          i32.and
          i32.add
          local.tee 2
          i32.store offset=1096
          block  ;; label = @4
            local.get 2
            i32.const 65535
            i32.add
            i32.const 16
            i32.shr_u
            local.tee 2
            memory.size
            local.tee 4
            i32.le_u
            br_if 0 (;@4;)
            local.get 2
            local.get 4
            i32.sub
            memory.grow
            drop
          end
          block  ;; label = @4
            local.get 17
            i64.const 1
            i64.lt_s
            br_if 0 (;@4;)
            local.get 17
            i64.const 3
            i64.and
            local.set 15
            i64.const 0
            local.set 16
            block  ;; label = @5
              local.get 17
              i64.const -1
              i64.add
              i64.const 3
              i64.lt_u
              br_if 0 (;@5;)
              local.get 17
              i64.const -4
              i64.and
              local.set 11
              i64.const 0
              local.set 16
              i32.const 0
              local.set 2
              loop  ;; label = @6
                local.get 3
                local.get 2
                i32.add
                local.tee 4
                local.get 14
                local.get 2
                i32.add
                local.tee 18
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 1
                i32.add
                local.get 18
                i32.const 1
                i32.add
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 2
                i32.add
                local.get 18
                i32.const 2
                i32.add
                i32.load8_u
                i32.store8
                local.get 4
                i32.const 3
                i32.add
                local.get 18
                i32.const 3
                i32.add
                i32.load8_u
                i32.store8
                local.get 2
                i32.const 4
                i32.add
                local.set 2
                local.get 11
                local.get 16
                i64.const 4
                i64.add
                local.tee 16
                i64.ne
                br_if 0 (;@6;)
              end
            end
            local.get 15
            i64.eqz
            br_if 0 (;@4;)
            local.get 14
            local.get 16
            i32.wrap_i64
            local.tee 4
            i32.add
            local.set 2
            local.get 3
            local.get 4
            i32.add
            local.set 4
            loop  ;; label = @5
              local.get 4
              local.get 2
              i32.load8_u
              i32.store8
              local.get 2
              i32.const 1
              i32.add
              local.set 2
              local.get 4
              i32.const 1
              i32.add
              local.set 4
              local.get 15
              i64.const -1
              i64.add
              local.tee 15
              i64.const 0
              i64.ne
              br_if 0 (;@5;)
            end
          end
          local.get 8
          i64.const 1
          i64.shl
          local.set 8
        end
        local.get 3
        local.get 17
        i32.wrap_i64
        i32.add
        i32.const 10
        i32.store8
        local.get 17
        i64.const 1
        i64.add
        local.set 11
        local.get 10
        i64.const 1
        i64.add
        local.tee 10
        local.get 0
        i64.ne
        br_if 0 (;@2;)
      end
      i64.const 0
      local.set 16
      local.get 17
      i64.const 0
      i64.lt_s
      br_if 0 (;@1;)
      local.get 17
      i64.const 1
      i64.add
      local.tee 11
      i64.const 3
      i64.and
      local.set 15
      block  ;; label = @2
        block  ;; label = @3
          local.get 17
          i64.const 3
          i64.ge_u
          br_if 0 (;@3;)
          i64.const -3750763034362895579
          local.set 5
          br 1 (;@2;)
        end
        local.get 11
        i64.const -4
        i64.and
        local.set 11
        i64.const -3750763034362895579
        local.set 5
        i64.const 0
        local.set 16
        local.get 3
        local.set 2
        loop  ;; label = @3
          local.get 5
          local.get 2
          i64.load8_u
          i64.xor
          i64.const 1099511628211
          i64.mul
          local.get 2
          i32.const 1
          i32.add
          i64.load8_u
          i64.xor
          i64.const 1099511628211
          i64.mul
          local.get 2
          i32.const 2
          i32.add
          i64.load8_u
          i64.xor
          i64.const 1099511628211
          i64.mul
          local.get 2
          i32.const 3
          i32.add
          i64.load8_u
          i64.xor
          i64.const 1099511628211
          i64.mul
          local.set 5
          local.get 2
          i32.const 4
          i32.add
          local.set 2
          local.get 11
          local.get 16
          i64.const 4
          i64.add
          local.tee 16
          i64.ne
          br_if 0 (;@3;)
        end
      end
      local.get 15
      i64.eqz
      br_if 0 (;@1;)
      local.get 3
      local.get 16
      i32.wrap_i64
      i32.add
      local.set 2
      loop  ;; label = @2
        local.get 5
        local.get 2
        i64.load8_u
        i64.xor
        i64.const 1099511628211
        i64.mul
        local.set 5
        local.get 2
        i32.const 1
        i32.add
        local.set 2
        local.get 15
        i64.const -1
        i64.add
        local.tee 15
        i64.const 0
        i64.ne
        br_if 0 (;@2;)
      end
    end
    local.get 5)
  (memory (;0;) 17)
  (global (;0;) (mut i32) (i32.const 1049680))
  (export "memory" (memory 0))
  (export "strings" (func 0))
  (data (;0;) (i32.const 1024) "q\00\00\00\00\00\00\00\00of\00\00\00\00\00\00\00bit\00\00\00\00\00\00gate\00\00\00\00\00phase\00\00\00\00vector\00\00\00lattice\00\00register\00"))
