#![allow(clippy::all, missing_docs, warnings)]
mod common;
use common::*; use numerics::*; use std::time::Instant;
fn best(n: usize, mut f: impl FnMut()) -> f64 { (0..n).map(|_| { let t=Instant::now(); f(); t.elapsed().as_secs_f64()*1e3 }).fold(1e9, f64::min) }
fn go<T: Real>(name:&str) {
  let n=312; let mut r=Normals::new(1);
  let a: Mat<T>=narrow(r.matrix_of_norm(n,1.0).as_ref());
  let b: Mat<T>=narrow(r.matrix(n).as_ref()); let mut c=Mat::<T>::zeros(n,n);
  let prod=best(40,||faer::linalg::matmul::matmul(c.as_mut(),faer::Accum::Replace,a.as_ref(),b.as_ref(),T::from_f64(1.0),faer::Par::Seq));
  let prodt=best(40,||faer::linalg::matmul::matmul(c.as_mut(),faer::Accum::Replace,a.transpose(),b.as_ref(),T::from_f64(1.0),faer::Par::Seq));
  let prodt2=best(40,||faer::linalg::matmul::matmul(c.as_mut(),faer::Accum::Add,a.as_ref(),b.transpose(),T::from_f64(1.0),faer::Par::Seq));
  println!("{name} product {prod:.2} ms, A^T B {prodt:.2}, += A B^T {prodt2:.2} ({:.0} GF/s)", 2.0*(n as f64).powi(3)/prod/1e6);
  for norm in [0.3,1.0,5.0,40.0] {
    let a: Mat<T>=narrow(r.matrix_of_norm(n,norm).as_ref());
    let e=Exponential::new(a.as_ref()).unwrap();
    let f=best(20,||{exponential(a.as_ref()).unwrap();});
    let g=best(20,||{Exponential::new(a.as_ref()).unwrap().adjoint(b.as_ref()).unwrap();});
    println!("  norm {norm} degree {} squarings {}: exponential {f:.2} ms ({:.1} products), with adjoint {g:.2} ({:.1} products)",e.degree(),e.squarings(),f/prod,g/prod);
  }
  let w=to_row_major(narrow::<T>(r.matrix(n).map(|x|x*0.05).as_ref()).as_ref());
  let d=Mat::from_fn(n,n,|_,_|r.uniform()); let emp=Mat::from_fn(n,n,|_,_|r.uniform()*0.01);
  let mut g=vec![T::from_f64(0.0);n*n];
  for kind in [PenaltyKind::Weight,PenaltyKind::Distance,PenaltyKind::Communicability,PenaltyKind::MatchedCommunicability] {
    let mut p=Penalty::<T>::new(kind,&PenaltyTerms{lambda:0.3,lambda_emd:0.1,distance:Some(d.as_ref()),empirical:Some(emp.as_ref())}).unwrap();
    let t=best(40,||{p.value_and_gradient_into(row_major(&w,n,n).unwrap(),row_major_mut(&mut g,n,n).unwrap()).unwrap();});
    let v=best(40,||{p.value(row_major(&w,n,n).unwrap()).unwrap();});
    let wc=Mat::from_fn(n,n,|i,j|w[i*n+j]);
    let t2=best(40,||{p.value_and_gradient(wc.as_ref()).unwrap();});
    println!("  {kind}: value and gradient {t:.2} ms ({:.1} products), column-major {t2:.2}, value alone {v:.2}",t/prod);
  }
}
#[test] fn bench(){ go::<f32>("f32"); go::<f64>("f64");
  let m=Normals::new(3).matrix(632).map(|x|x.abs()); println!("radius 632 {:.0} ms", best(2,||{spectral_radius(m.as_ref()).unwrap();})); println!("orth 312 {:.1} ms", best(3,||{orthogonal(Normals::new(3).matrix(312).as_ref()).unwrap();})); }
